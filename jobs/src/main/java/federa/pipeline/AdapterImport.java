package federa.pipeline;

import federa.config.Experiment;
import federa.encoder.EncoderConfig;
import federa.encoder.HeadClasses;
import federa.encoder.ModelRef;
import federa.exchange.PeftDirectory;
import federa.peft.OrdinaryLora;
import federa.peft.Targets;
import federa.spi.InvalidInputException;
import federa.store.Locations;
import federa.store.Round;
import federa.store.RunStore;
import federa.tensor.TensorMap;
import federa.udf.LoadedModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A LoRA that PEFT wrote, as round 0 of a run: it can be evaluated, score, and be trained further. */
public final class AdapterImport {

    private static final Logger LOG = LoggerFactory.getLogger(AdapterImport.class);

    private static final Pattern TARGET = Pattern.compile("[\\w.]+");

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
    public void importAdapter(Experiment asked, String runId, String source, String base) {
        Training training = new Training(workspace);
        Experiment experiment = training.continued(asked, runId).withHeadAsItComes();
        training.requireFitsModel(experiment);
        List<String> labels = labels(experiment);
        PeftDirectory.Adapter adapter = read(experiment, source, labels.size());
        requireBase(adapter, experiment, base);
        EncoderConfig config = config(experiment);
        requireMethod(adapter, experiment, config);
        TensorMap start = inOrderOf(labels, adapter, experiment, config);
        RunStore store = new RunStore(workspace.tables(), runId);
        List<Round.Summary> rounds = store.rounds();
        if (rounds.isEmpty()) {
            training.start(experiment, runId, start);
        } else if (startsWith(experiment, store.state(rounds.get(0)).trainable(), start(experiment, start))) {
            LOG.info("run {} starts with this adapter already", runId);
        } else {
            throw new InvalidInputException(
                    "run %s is there already and starts with other tensors; use another --run-id".formatted(runId));
        }
    }

    /** True if a run began with these tensors; with a head of its own, if the head was solved. */
    private static boolean startsWith(Experiment experiment, TensorMap began, TensorMap start) {
        if (experiment.head().start().closedForm().isEmpty()) {
            return began.identity().equals(start.identity());
        }
        Predicate<String> factor = OrdinaryLora::isFactor;
        return began.where(factor).identity().equals(start.where(factor).identity());
    }

    /** The trained tensors that a run begins with: the adapter's, unless its strategy begins with other factors of them. */
    private static TensorMap start(Experiment experiment, TensorMap adapter) {
        return experiment
                .federation()
                .algorithm(experiment.method())
                .init(adapter)
                .trainable();
    }

    private EncoderConfig config(Experiment experiment) {
        return LoadedModel.config(new Models(workspace).require(experiment.model()), workspace.hadoop());
    }

    private List<String> labels(Experiment experiment) {
        Datasets.Stored data = new Datasets(workspace).open(experiment.data().name());
        data.require(experiment.task());
        return experiment.task().labels(data.labels());
    }

    /**
     * The adapter's tensors with the head's classes in the order of the labels. The adapter's file has the classes' names if
     * this project wrote it, and else the configuration of the model that it was trained over.
     */
    private TensorMap inOrderOf(
            List<String> labels, PeftDirectory.Adapter adapter, Experiment experiment, EncoderConfig config) {
        TensorMap tensors = adapter.lora().tensors();
        if (labels.isEmpty()) {
            return tensors;
        }
        ModelRef model = new Models(workspace).require(experiment.model());
        HeadClasses classes = adapter.classes().names().isEmpty()
                ? HeadClasses.read(LoadedModel.directory(model, workspace.hadoop()))
                : adapter.classes();
        int[] rows = classes.rows(labels, experiment.model().headLabels())
                .orElseThrow(() -> new InvalidInputException(
                        ("the adapter's classes cannot be told: %s; if they mean the same in this order, add --set"
                                        + " model.head-labels=by-position")
                                .formatted(classes.mismatch(labels))));
        return HeadClasses.reorder(tensors, config, adapter.head(), rows);
    }

    private PeftDirectory.Adapter read(Experiment experiment, String source, int outputs) {
        java.nio.file.Path local = null;
        try {
            local = Files.createTempDirectory("federa-adapter-");
            fetch(source, local);
            LoadedModel model = LoadedModel.of(new Models(workspace).require(experiment.model()), workspace.hadoop());
            return PeftDirectory.read(local, model.base(), experiment.task().head(), outputs);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read --source " + source, e);
        } catch (IllegalArgumentException e) {
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
        if (name == null && base == null) {
            throw new InvalidInputException(
                    "the adapter does not say which base model it was made for; if it is '%s', add --base %1$s"
                            .formatted(expected));
        }
        if (name == null) {
            return; // told with --base
        }
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
                            .formatted(setting(adapter, config)));
        }
    }

    /** The adapter's method as {@code --set} takes it. */
    private static String setting(PeftDirectory.Adapter adapter, EncoderConfig config) {
        OrdinaryLora lora = adapter.lora();
        SortedSet<String> targeted =
                new TreeSet<>(config.family().linearLayers(config).keySet());
        targeted.removeIf(layer -> !new Targets(adapter.targets()).matches(layer));
        // A pattern, or targets of which some are not the encoder's or not in all layers: the layers' own names say it.
        boolean asWritten = targeted.equals(adapter.layers())
                && adapter.targets().stream().allMatch(TARGET.asMatchPredicate())
                && adapter.targets().stream().allMatch(target -> targeted.stream()
                        .anyMatch(layer -> new Targets(List.of(target)).matches(layer)));
        return String.format(
                Locale.ROOT,
                "method={kind: lora, rank: %d, alpha: %s, scaling: %s, targets: [%s]}",
                lora.rank(),
                lora.alpha(),
                lora.scaling().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                String.join(", ", asWritten ? adapter.targets() : adapter.layers()));
    }
}
