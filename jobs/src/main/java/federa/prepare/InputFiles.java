package federa.prepare;

import federa.spi.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.sql.SparkSession;

/** Finds the raw files behind a path of the configuration: one file, or all files below a folder. */
final class InputFiles {

    private InputFiles() {}

    /**
     * The files of a split, in the order of their names. Names that start with {@code _} or {@code .} are not data.
     *
     * @param path local, or a URI such as hdfs:// or s3a://
     * @param types accepted extensions without {@code .gz}; empty accepts all
     * @throws InvalidInputException if there is nothing to read, or something of another type
     */
    static List<SplitFile> find(SparkSession spark, String split, String path, Set<String> types) {
        List<SplitFile> files = list(spark.sparkContext().hadoopConfiguration(), split, path);
        for (SplitFile file : files) {
            if (!types.isEmpty() && !types.contains(file.type())) {
                throw new InvalidInputException(
                        "%s file %s has the wrong type: expected one of %s (text files also as .gz)"
                                .formatted(
                                        split,
                                        file.shown(),
                                        types.stream().sorted().map("."::concat).toList()));
            }
        }
        return files;
    }

    private static List<SplitFile> list(Configuration hadoop, String split, String path) {
        if (path == null || path.isBlank()) {
            throw new InvalidInputException(
                    "the path of the %s data is empty; give a file or a folder".formatted(split));
        }

        try {
            Path root = new Path(path);
            FileSystem fileSystem = root.getFileSystem(hadoop);
            if (!fileSystem.exists(root)) {
                throw new InvalidInputException("%s data %s does not exist; check the path".formatted(split, path));
            }

            FileStatus status = fileSystem.getFileStatus(root);
            List<SplitFile> files = status.isFile()
                    ? List.of(file(split, status, root.getName()))
                    : below(fileSystem, status.getPath(), split);
            if (files.isEmpty()) {
                throw new InvalidInputException("%s folder %s holds no data files".formatted(split, path));
            }
            return files;
        } catch (UnsupportedFileSystemException e) {
            throw new InvalidInputException(
                    "%s data %s: this Spark has no file system for that scheme; add its jar with --packages"
                            .formatted(split, path),
                    e);
        } catch (IOException e) {
            throw new InvalidInputException(
                    "%s data %s cannot be reached: %s".formatted(split, path, OneLine.of(e)), e);
        }
    }

    private static List<SplitFile> below(FileSystem fileSystem, Path folder, String split) throws IOException {
        if (fileSystem.exists(new Path(folder, "_delta_log"))) {
            throw new InvalidInputException(
                    "%s data %s is a Delta table, whose files also hold deleted rows; export it to Parquet first"
                            .formatted(split, folder));
        }

        int prefix = folder.toUri().getPath().length();
        List<SplitFile> files = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> all = fileSystem.listFiles(folder, true);
        while (all.hasNext()) {
            FileStatus status = all.next();
            String below = status.getPath().toUri().getPath().substring(prefix);
            if (!isHidden(below)) {
                files.add(file(split, status, below.substring("/".length())));
            }
        }
        files.sort(Comparator.comparing(SplitFile::path));
        return files;
    }

    private static boolean isHidden(String below) {
        return below.contains("/_") || below.contains("/.");
    }

    private static SplitFile file(String split, FileStatus status, String name) {
        return new SplitFile(split, status.getPath().toString(), name);
    }
}
