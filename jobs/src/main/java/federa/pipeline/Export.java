package federa.pipeline;

import federa.exchange.DjlDirectory;
import federa.exchange.HuggingFaceDirectory;
import federa.exchange.PeftDirectory;
import federa.exchange.TrainedModel;
import federa.federated.ServerState;
import federa.store.Locations;
import federa.store.Round;
import federa.udf.LoadedModel;
import federa.udf.RunContext;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** A round's model as a directory for other tools, there whole or not at all. */
public final class Export {

    /** Whose files are written. */
    public enum Format {
        /** A LoRA adapter over the original base model. */
        PEFT {
            @Override
            void write(TrainedModel model, String base, java.nio.file.Path directory) throws IOException {
                PeftDirectory.write(model, base, directory);
            }
        },
        /** A model without adapters, for transformers. */
        HUGGING_FACE {
            @Override
            void write(TrainedModel model, String base, java.nio.file.Path directory) throws IOException {
                HuggingFaceDirectory.write(model, directory);
            }
        },
        /** A model without adapters as TorchScript, for DJL's translators. */
        DJL {
            @Override
            void write(TrainedModel model, String base, java.nio.file.Path directory) throws IOException {
                DjlDirectory.write(model, directory);
            }
        };

        abstract void write(TrainedModel model, String base, java.nio.file.Path directory) throws IOException;

        /** As the command line has it: hugging-face. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Every export has one of these, so that nothing else is overwritten. */
    private static final Set<String> MARKS = Set.of("adapter_config.json", "config.json");

    private final Workspace workspace;
    private final Scoring scoring;

    public Export(Workspace workspace, Scoring scoring) {
        this.workspace = workspace;
        this.scoring = scoring;
    }

    /**
     * Writes the model of a committed round.
     *
     * @param base what a PEFT directory calls the base model; null for its name in the warehouse
     * @param out the directory, on any file system that Hadoop reaches
     * @param overwrite replaces an earlier export
     * @throws IllegalArgumentException if the format cannot hold the run, or the directory is there and must not be
     *     replaced
     */
    public void write(Round.Summary round, Format format, String base, String out, boolean overwrite) {
        Path target = Locations.path("--out", out);
        java.nio.file.Path local = null;
        try {
            FileSystem fs = fileSystem(target);
            boolean present = requireFree(fs, target, overwrite);
            local = Files.createTempDirectory("federa-export-");
            RunContext run = scoring.context();
            format.write(model(run, round), base == null ? run.model().name() : base, local);
            publish(fs, local, target, present);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write --out %s: %s".formatted(out, e.getMessage()), e);
        } finally {
            if (local != null) {
                FileUtil.fullyDelete(local.toFile());
            }
        }
    }

    private TrainedModel model(RunContext run, Round.Summary round) {
        ServerState state = scoring.state(round);
        return new TrainedModel(
                LoadedModel.of(run.model(), workspace.hadoop()).base(),
                LoadedModel.directory(run.model(), workspace.hadoop()),
                run.task().head(),
                run.labels(),
                run.maxTokens(),
                run.method(),
                state.trainable(),
                run.anchor(),
                state.baseDelta());
    }

    /** Hadoop's own local file system would leave checksum files among those of the export. */
    private FileSystem fileSystem(Path target) throws IOException {
        FileSystem fs = Locations.fileSystem("--out", target, workspace.hadoop());
        return fs instanceof LocalFileSystem local ? local.getRawFileSystem() : fs;
    }

    /** Whether there is something to be replaced. */
    private static boolean requireFree(FileSystem fs, Path target, boolean overwrite) throws IOException {
        if (!fs.exists(target)) {
            return false;
        }
        if (!overwrite) {
            throw new IllegalArgumentException(
                    "--out %s exists already; remove it, name another, or add --overwrite".formatted(target));
        }
        if (!fs.getFileStatus(target).isDirectory() || !isExport(fs.listStatus(target))) {
            throw new IllegalArgumentException(
                    "--out %s is no earlier export, so it is not overwritten; remove it or name another"
                            .formatted(target));
        }
        return true;
    }

    private static boolean isExport(FileStatus[] files) {
        boolean marked = files.length == 0;
        for (FileStatus file : files) {
            if (file.isDirectory()) {
                return false;
            }
            marked |= MARKS.contains(file.getPath().getName());
        }
        return marked;
    }

    /** Copies the files beside the target, then gives the copy its name. */
    private static void publish(FileSystem fs, java.nio.file.Path local, Path target, boolean present)
            throws IOException {
        Path staged = target.suffix(".exporting-" + UUID.randomUUID());
        Path former = target.suffix(".former-" + UUID.randomUUID());
        try {
            fs.mkdirs(staged);
            for (File file : local.toFile().listFiles()) {
                fs.copyFromLocalFile(new Path(file.toURI()), new Path(staged, file.getName()));
            }
            if (present) {
                rename(fs, target, former);
            }
            rename(fs, staged, target);
            fs.delete(former, true);
        } finally {
            fs.delete(staged, true);
        }
    }

    private static void rename(FileSystem fs, Path from, Path to) throws IOException {
        if (!fs.rename(from, to)) {
            throw new IOException("could not rename %s to %s".formatted(from, to));
        }
    }
}
