package federa.prepare;

import federa.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.sql.SparkSession;

/**
 * Finds the raw files behind a path that a user named: one file, or all files below a folder. A path is a name and never a
 * pattern: brackets, stars and percent signs stand for themselves.
 */
final class InputFiles {

    private final FileSystem fileSystem;
    private final String what;
    private final String split;

    /** What was found so far, by its real place: a link may lead there a second time. */
    private final Map<String, Path> seen = new HashMap<>();

    private final List<SplitFile> found = new ArrayList<>();

    private InputFiles(FileSystem fileSystem, String what, String split) {
        this.fileSystem = fileSystem;
        this.what = what;
        this.split = split;
    }

    /**
     * The files of a split, in the order of their names. Names that start with {@code _} (but not {@code
     * _a=1}) or {@code .} are not data, as in Spark, nor are files of no bytes beside others, which Spark writes for empty
     * partitions.
     *
     * @param path local, or a URI such as hdfs:// or s3a://
     * @param types accepted extensions without {@code .gz} or {@code .bz2}; empty accepts all
     * @throws InvalidInputException if there is nothing to read, something of another type, or something that would be
     *     read twice
     */
    static List<SplitFile> find(SparkSession spark, String split, String path, Set<String> types) {
        List<SplitFile> files = find(spark, split + " data", split, path);
        for (SplitFile file : files) {
            if (!types.isEmpty() && !types.contains(file.type())) {
                throw new InvalidInputException(
                        "%s file %s has the wrong type: expected one of %s (text files also as .gz or .bz2)"
                                .formatted(
                                        split,
                                        file.shown(),
                                        types.stream().sorted().map("."::concat).toList()));
            }
        }
        return files;
    }

    /**
     * As {@link #find(SparkSession, String, String, Set)}, of any type.
     *
     * @param what the path is, for messages
     */
    static List<SplitFile> find(SparkSession spark, String what, String split, String path) {
        if (path == null || path.isBlank()) {
            throw new InvalidInputException("the path of the %s is empty; give a file or a folder".formatted(what));
        }

        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        try {
            Path root = path(path);
            FileSystem fileSystem = root.getFileSystem(hadoop);
            if (!fileSystem.exists(root)) {
                throw new InvalidInputException("%s %s does not exist; check the path".formatted(what, path));
            }

            InputFiles files = new InputFiles(fileSystem, what, split);
            FileStatus status = fileSystem.getFileStatus(root);
            if (status.isFile()) {
                return List.of(files.file(status, root.getName()));
            }
            files.below(status.getPath(), "");
            if (files.found.isEmpty()) {
                throw new InvalidInputException("%s %s holds no data files".formatted(what, path));
            }
            files.found.sort(Comparator.comparing(SplitFile::path));
            return files.found;
        } catch (UnsupportedFileSystemException e) {
            throw new InvalidInputException(
                    "%s %s: this Spark has no file system for that scheme; add its jar with --packages"
                            .formatted(what, path),
                    e);
        } catch (IOException e) {
            throw new InvalidInputException("%s %s cannot be reached: %s".formatted(what, path, OneLine.of(e)), e);
        }
    }

    /** The path that a text names. In the name of a file that is no URI a colon may stand as well: {@code 10:30.csv}. */
    static Path path(String text) {
        try {
            return new Path(text);
        } catch (IllegalArgumentException e) {
            return new Path("./" + text);
        }
    }

    private void below(Path folder, String name) throws IOException {
        if (fileSystem.exists(new Path(folder, "_delta_log"))) {
            throw new InvalidInputException(
                    "%s %s is a Delta table, whose files also hold deleted rows; export it to Parquet first"
                            .formatted(what, shown(folder)));
        }

        requireNew(folder);
        FileStatus[] entries = fileSystem.listStatus(folder);
        Arrays.sort(entries, Comparator.comparing(FileStatus::getPath));
        for (FileStatus entry : entries) {
            String entryName = entry.getPath().getName();
            if ((entryName.startsWith("_") && !entryName.contains("=")) || entryName.startsWith(".")) {
                continue;
            }
            if (entry.isDirectory()) {
                below(entry.getPath(), name + entryName + "/");
            } else if (entry.getLen() > 0 || entryName.endsWith(".parquet")) {
                requireNew(entry.getPath());
                found.add(file(entry, name + entryName));
            }
        }
    }

    /** A folder that holds a link to itself would never end, and a link to a file beside it would count its rows twice. */
    private void requireNew(Path path) throws IOException {
        boolean isLocal = fileSystem.getScheme().equals("file");
        String real = isLocal ? Paths.get(path.toUri().getPath()).toRealPath().toString() : path.toString();
        Path before = seen.putIfAbsent(real, path);
        if (before != null) {
            throw new InvalidInputException(
                    "%s %s is the same as %s, by a link, and would be read twice; remove the link"
                            .formatted(what, shown(path), shown(before)));
        }
    }

    private SplitFile file(FileStatus status, String name) {
        return new SplitFile(split, status.getPath().toString(), name);
    }

    private static String shown(Path path) {
        return new SplitFile("", path.toString(), "").shown();
    }
}
