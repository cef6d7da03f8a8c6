package federa.job;

import federa.pipeline.Workspace;
import federa.spi.InvalidInputException;
import federa.store.Locations;
import federa.store.Warehouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** The warehouse of a benchmark that other machines take part in; removed after it. */
final class BenchWarehouse {

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "A new directory for a warehouse, which is removed afterwards; all executors must reach it"
                    + " (default: a temporary one of this machine).")
    private String directory;

    /** Opens a session and the new warehouse for the work. */
    <T> T with(String job, Function<Workspace, T> work) {
        return directory == null
                ? TemporaryWarehouse.with(1, work)
                : Sessions.with(job, 1, spark -> there(spark, work));
    }

    private <T> T there(SparkSession spark, Function<Workspace, T> work) {
        Path path = Locations.path("--directory", directory);
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        try {
            FileSystem fs = Locations.fileSystem("--directory", path, hadoop);
            if (fs.exists(path)) {
                throw new InvalidInputException(
                        "--directory %s is there already and would be removed; name a new one".formatted(directory));
            }
            try {
                return work.apply(new Workspace(spark, Warehouse.open("--directory", directory, hadoop)));
            } finally {
                fs.delete(path, true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
