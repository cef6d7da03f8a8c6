package federa.ml;

import federa.store.Locations;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.Utils;

/**
 * The warehouse that a model was loaded from, kept on this machine's disk until the process ends. A {@code PipelineModel} that
 * is saved over its own path removes that path before it asks its stages for anything, and their warehouses with it.
 *
 * <p>On a local disk it takes no room, as its files are hard links: those of a saved model never change.
 */
final class KeptWarehouse {

    private final Path original;
    private final File copy;
    private final Configuration hadoop;

    private KeptWarehouse(Path original, File copy, Configuration hadoop) {
        this.original = original;
        this.copy = copy;
        this.hadoop = hadoop;
    }

    /** Keeps the warehouse of a saved model. */
    static KeptWarehouse of(SparkSession spark, String directory) {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        try {
            Path given = Locations.path("path", directory);
            FileSystem fs = Locations.fileSystem("path", given, hadoop);
            Path original = fs.makeQualified(given);
            String local = Utils.getLocalDir(spark.sparkContext().conf());
            File copy = new File(Utils.createTempDir(local, "federa-model"), original.getName());
            if (fs instanceof LocalFileSystem disk) {
                link(disk.pathToFile(original).toPath(), copy.toPath());
            } else {
                fs.copyToLocalFile(false, original, new Path(copy.toURI()), true);
            }
            return new KeptWarehouse(original, copy, hadoop);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep a copy of the saved model " + directory, e);
        }
    }

    /** Whether it was removed from where the model was loaded from. */
    boolean isGone() throws IOException {
        return !original.getFileSystem(hadoop).exists(original);
    }

    /** Writes it again, as it was. */
    void copyTo(Path directory) throws IOException {
        FileUtil.copy(copy, directory.getFileSystem(hadoop), directory, false, hadoop);
    }

    private static void link(java.nio.file.Path from, java.nio.file.Path to) throws IOException {
        try (Stream<java.nio.file.Path> files = Files.walk(from)) {
            for (java.nio.file.Path file : (Iterable<java.nio.file.Path>) files::iterator) {
                java.nio.file.Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!isChecksum(file)) {
                    linkOrCopy(file, target);
                }
            }
        }
    }

    /** Of Hadoop's, which it writes again itself. */
    private static boolean isChecksum(java.nio.file.Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(".") && name.endsWith(".crc");
    }

    private static void linkOrCopy(java.nio.file.Path file, java.nio.file.Path target) throws IOException {
        try {
            Files.createLink(target, file);
        } catch (IOException | UnsupportedOperationException e) { // another disk
            Files.copy(file, target);
        }
    }
}
