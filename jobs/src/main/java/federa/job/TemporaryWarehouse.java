package federa.job;

import federa.pipeline.Workspace;
import federa.store.Warehouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.apache.hadoop.fs.FileUtil;

/** A local warehouse for a benchmark, removed after it. */
final class TemporaryWarehouse {

    private TemporaryWarehouse() {}

    /**
     * Opens a session and a new warehouse for the work.
     *
     * @param cpus cores that each task takes
     */
    static <T> T with(int cpus, Function<Workspace, T> work) {
        return in(directory -> Sessions.with(
                "bench",
                cpus,
                spark -> work.apply(new Workspace(
                        spark,
                        Warehouse.open(
                                "java.io.tmpdir",
                                directory.toString(),
                                spark.sparkContext().hadoopConfiguration())))));
    }

    /** Does the work with a new directory. */
    static <T> T in(Function<Path, T> work) {
        try {
            Path directory = Files.createTempDirectory("federa-bench-");
            try {
                return work.apply(directory);
            } finally {
                FileUtil.fullyDelete(directory.toFile());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
