package federa.store;

import federa.spi.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The directory that holds everything a project keeps: {@code tables/} (Delta), {@code models/}, {@code clients/}
 * (Parquet), {@code reports/}. Any file system that Hadoop reaches: local, HDFS, S3A.
 */
public final class Warehouse {

    /** What this version writes. A version reads this format and those before it. */
    static final int FORMAT = 1;

    private static final String MARK = "federa-warehouse.json";
    private static final Pattern FORMAT_ENTRY = Pattern.compile("\"format\"\\s*:\\s*(\\d{1,9})");

    /** Below it are the base models. */
    static final String MODELS = "models";

    private final Path root;
    private final Configuration hadoop;

    private Warehouse(Path root, Configuration hadoop) {
        this.root = root;
        this.hadoop = hadoop;
    }

    /**
     * Opens a warehouse, making the directory if it is not there.
     *
     * @param key option or configuration key that the directory is from, for messages
     * @throws InvalidInputException if it was written by a newer version, or is a file
     */
    public static Warehouse open(String key, String directory, Configuration hadoop) {
        return open(key, directory, hadoop, Warehouse::make);
    }

    /**
     * Opens a warehouse that must be there already.
     *
     * @param key option or configuration key that the directory is from, for messages
     * @throws InvalidInputException if there is none, it was written by a newer version, or is a file
     */
    public static Warehouse openExisting(String key, String directory, Configuration hadoop) {
        return open(key, directory, hadoop, (fs, root) -> {
            throw new InvalidInputException(
                    "%s %s is no warehouse; name one, or make it with the jobs run, import-model or prepare"
                            .formatted(key, root));
        });
    }

    /**
     * True if a directory is a warehouse.
     *
     * @param key option or configuration key that the directory is from, for messages
     */
    public static boolean isThere(String key, String directory, Configuration hadoop) {
        Path mark = new Path(Locations.path(key, directory), MARK);
        try {
            return Locations.fileSystem(key, mark, hadoop).exists(mark);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot look for the warehouse %s: %s; check the address and your rights"
                            .formatted(directory, e.getMessage()),
                    e);
        }
    }

    /** What to do about a directory that is no warehouse yet. */
    private interface Absent {
        void handle(FileSystem fs, Path root) throws IOException;
    }

    private static Warehouse open(String key, String directory, Configuration hadoop, Absent absent) {
        Path given = Locations.path(key, directory);
        try {
            FileSystem fs = Locations.fileSystem(key, given, hadoop);
            Path root = given.makeQualified(fs.getUri(), fs.getWorkingDirectory());
            requireNoFile(key, fs, root);
            int format = readFormat(fs, new Path(root, MARK));
            if (format > FORMAT) {
                throw new InvalidInputException(
                        "the warehouse %s has format %d, this version reads up to %d; use the version that wrote it, or another"
                                .formatted(root, format, FORMAT));
            }
            if (format == 0) {
                absent.handle(fs, root);
            }
            return new Warehouse(root, hadoop);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot open the warehouse %s: %s; check the address and your rights"
                            .formatted(directory, e.getMessage()),
                    e);
        }
    }

    /** Neither the directory nor any above it may be a file. */
    private static void requireNoFile(String key, FileSystem fs, Path root) throws IOException {
        for (Path path = root; path != null; path = path.getParent()) {
            if (fs.exists(path)) {
                if (!fs.getFileStatus(path).isDirectory()) {
                    throw new InvalidInputException("%s %s: %s is a file; name a directory".formatted(key, root, path));
                }
                return;
            }
        }
    }

    /** Marks a directory as a warehouse; the mark is there whole or not at all. */
    private static void make(FileSystem fs, Path root) throws IOException {
        fs.mkdirs(root);
        Path staged = new Path(root, "." + MARK + "." + UUID.randomUUID());
        try (FSDataOutputStream out = fs.create(staged, true)) {
            out.write(("{\"format\": " + FORMAT + "}" + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
        }
        Path mark = new Path(root, MARK);
        if (!fs.rename(staged, mark)) {
            fs.delete(staged, false);
            if (!fs.exists(mark)) { // otherwise another job was faster
                throw new IOException("could not rename " + staged);
            }
        }
    }

    /** The format in the mark, 0 if there is none. */
    private static int readFormat(FileSystem fs, Path mark) throws IOException {
        try (FSDataInputStream in = fs.open(mark)) {
            Matcher entry = FORMAT_ENTRY.matcher(new String(in.readNBytes(1 << 12), StandardCharsets.UTF_8));
            if (!entry.find()) {
                throw new InvalidInputException(
                        "%s does not tell the format of the warehouse; restore it, or use another one".formatted(mark));
            }
            return Integer.parseInt(entry.group(1));
        } catch (FileNotFoundException e) {
            return 0;
        }
    }

    /** The path of a table, as Spark takes it. */
    public String table(Table table) {
        return new Path(root, "tables/" + table.tableName()).toString();
    }

    /** The directory of a prepared data set: a Delta table. */
    public String dataset(String name) {
        return new Path(root, "datasets/" + name).toString();
    }

    /** The directory of a partition's clients: Parquet by {@code client_id}. */
    public String clients(String partitionId) {
        return new Path(root, "clients/" + partitionId).toString();
    }

    /**
     * Writes a directory elsewhere and then moves it to its place, so that it is there whole or not at all. If another job
     * was faster, its directory stays, since somebody may read it; one that lacks anything is replaced.
     *
     * @param write writes the directory it is given
     */
    public void publish(String directory, Consumer<String> write) {
        Path place = new Path(directory);
        Path staged = new Path(place.getParent(), "." + place.getName() + "." + UUID.randomUUID());
        FileSystem fs = fileSystem();
        try {
            write.accept(staged.toString());
            if (fs.exists(place) && !names(fs, place).equals(names(fs, staged))) {
                fs.delete(place, true);
            }
            Locations.publish(fs, staged, place);
        } catch (FileAlreadyExistsException e) {
            // The same, from another job.
        } catch (IOException e) {
            throw new StoreException("cannot write %s: %s".formatted(place, e.getMessage()), e);
        } finally {
            discard(fs, staged);
        }
    }

    private static Set<String> names(FileSystem fs, Path directory) throws IOException {
        Set<String> names = new HashSet<>();
        for (FileStatus entry : fs.listStatus(directory)) {
            names.add(entry.getPath().getName());
        }
        return names;
    }

    private static void discard(FileSystem fs, Path staged) {
        try {
            fs.delete(staged, true);
        } catch (IOException e) {
            // A left-over directory with a dot name is ignored by everyone; the first error matters more.
        }
    }

    /** The directory of what a run keeps in mid-round, from one chunk of its cohort to the next. */
    public Path cohortChunks(String name) {
        return new Path(root, ".chunks/" + name);
    }

    /** The directory of the base models. */
    Path models() {
        return new Path(root, MODELS);
    }

    /** The file of a report. */
    public Path report(String name) {
        return new Path(root, "reports/" + name + ".html");
    }

    public FileSystem fileSystem() {
        try {
            return root.getFileSystem(hadoop);
        } catch (IOException e) {
            throw new StoreException("cannot reach the warehouse %s: %s".formatted(root, e.getMessage()), e);
        }
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
