package federa.pipeline;

import federa.config.Experiment;
import federa.encoder.EncoderConfig;
import federa.encoder.ModelRef;
import federa.exchange.PeftDirectory;
import federa.peft.OrdinaryLora;
import federa.spi.InvalidInputException;
import federa.store.Locations;
import federa.store.Round;
import federa.store.RunStore;
import federa.udf.LoadedModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A LoRA that PEFT wrote, as round 0 of a run: it can be evaluated, score, and be trained further. */
public final class AdapterImport {

    private static final Logger LOG = LoggerFactory.getLogger(AdapterImport.class);

    private final Workspace workspace;

    public AdapterImport(Workspace workspace) {
        this.workspace = workspace;
    }

    /**
     * Commits the adapter as round 0 of a new run; a run that starts with the same tensors already is left as it is.
     *
     * @param source directory of the adapter, on any file system that Hadoop reaches
     * @param base what the adapter calls the experiment's base model; null for its name, with anything before a slash
     * @throws InvalidInputException if the adapter is damaged, or made for another model, task or method than the
     *     experiment's, or the run id is taken
     */
    public void importAdapter(Experiment experiment, String runId, String source, String base) {
        Training training = new Training(workspace);
        training.requireSameConfiguration(experiment, runId);
        training.requireFitsModel(experiment);
        PeftDirectory.Adapter adapter = read(experiment, source);
        requireBase(adapter, experiment, base);
        EncoderConfig config = config(experiment);
        requireMethod(adapter, experiment, config);
        List<Round.Summary> rounds = new RunStore(workspace.tables(), runId).rounds();
        if (rounds.isEmpty()) {
            training.start(experiment, runId, adapter.lora().tensors());
        } else if (rounds.get(0)
                .adaptersSha256()
                .equals(adapter.lora().tensors().sha256())) {
            LOG.info("run {} starts with this adapter already", runId);
        } else {
            throw new InvalidInputException(
                    "run %s is there already and starts with other tensors; use another --run-id".formatted(runId));
        }
    }

    private EncoderConfig config(Experiment experiment) {
        ModelRef model = new Models(workspace).require(experiment.model());
        return LoadedModel.config(model, workspace.hadoop());
    }

    private PeftDirectory.Adapter read(Experiment experiment, String source) {
        Datasets.Stored data = new Datasets(workspace).open(experiment.data().name());
        data.require(experiment.task());
        int outputs = experiment.task().labels(data.labels()).size();
        java.nio.file.Path local = null;
        try {
            local = Files.createTempDirectory("federa-adapter-");
            fetch(source, local);
            return PeftDirectory.read(
                    local, config(experiment), experiment.task().head(), outputs);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read --source " + source, e);
        } catch (InvalidInputException e) {
            // The user knows the source, not the copy that was read.
            throw new InvalidInputException(e.getMessage().replace(String.valueOf(local), source), e);
        } finally {
            if (local != null) {
                FileUtil.fullyDelete(local.toFile());
            }
        }
    }

    private void fetch(String source, java.nio.file.Path local) throws IOException {
        Path from = Locations.path("--source", source);
        FileSystem fs = Locations.fileSystem("--source", from, workspace.hadoop());
        if (!fs.exists(from) || !fs.getFileStatus(from).isDirectory()) {
            throw new InvalidInputException(
                    "--source %s is not a directory; give one that PEFT's save_pretrained wrote".formatted(source));
        }
        for (FileStatus file : fs.listStatus(from)) {
            String name = file.getPath().getName();
            if (file.isFile() && name.startsWith("adapter_")) {
                try (InputStream in = fs.open(file.getPath())) {
                    Files.copy(in, local.resolve(name));
                }
            }
        }
    }

    private static void requireBase(PeftDirectory.Adapter adapter, Experiment experiment, String base) {
        String expected = base == null ? experiment.model().name() : base;
        String name = adapter.base();
        if (!name.equals(expected) && !name.endsWith("/" + expected)) {
            throw new InvalidInputException(
                    "the adapter was made for the base model '%s', not for '%s'; if they are the same, add --base %s"
                            .formatted(name, expected, name));
        }
    }

    private static void requireMethod(PeftDirectory.Adapter adapter, Experiment experiment, EncoderConfig config) {
        if (!experiment.method().startsFrom(adapter.lora(), adapter.layers(), config)) {
            throw new InvalidInputException(
                    "the experiment's method is not the adapter's; here and whenever the run goes on, add --set \"%s\""
                            .formatted(setting(adapter)));
        }
    }

    /** The adapter's method as {@code --set} takes it. */
    private static String setting(PeftDirectory.Adapter adapter) {
        OrdinaryLora lora = adapter.lora();
        return "method={kind: lora, rank: %d, alpha: %s, scaling: %s, targets: [%s]}"
                .formatted(
                        lora.rank(),
                        lora.alpha(),
                        lora.scaling().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        String.join(", ", adapter.targets()));
    }
}
