package federa.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
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
    private static final Pattern FORMAT_ENTRY = Pattern.compile("\"format\"\\s*:\\s*(\\d+)");

    private final Path root;
    private final Configuration hadoop;

    private Warehouse(Path root, Configuration hadoop) {
        this.root = root;
        this.hadoop = hadoop;
    }

    /**
     * Opens a warehouse, making the directory if it is not there.
     *
     * @throws IllegalArgumentException if it was written by a newer version, or is a file
     */
    public static Warehouse open(String directory, Configuration hadoop) {
        try {
            Path given = new Path(directory);
            FileSystem fs = given.getFileSystem(hadoop);
            Path root = given.makeQualified(fs.getUri(), fs.getWorkingDirectory());
            if (fs.exists(root) && !fs.getFileStatus(root).isDirectory()) {
                throw new IllegalArgumentException("--warehouse %s is a file; name a directory".formatted(root));
            }
            Path mark = new Path(root, MARK);
            int format = readFormat(fs, mark);
            if (format > FORMAT) {
                throw new IllegalArgumentException(
                        ("the warehouse %s has format %d, this version reads up to %d; use the version that wrote it, or"
                                        + " another --warehouse")
                                .formatted(root, format, FORMAT));
            }
            if (format == 0) {
                fs.mkdirs(root);
                writeMark(fs, mark);
            }
            return new Warehouse(root, hadoop);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot open the warehouse %s: %s; check the address and your rights"
                            .formatted(directory, e.getMessage()),
                    e);
        }
    }

    /** The mark appears whole or not at all: a warehouse with half a mark could not be opened again. */
    private static void writeMark(FileSystem fs, Path mark) throws IOException {
        Path staged = new Path(mark.getParent(), ".%s-%s".formatted(MARK, UUID.randomUUID()));
        try (FSDataOutputStream out = fs.create(staged, true)) {
            out.write("{\"format\": %d}%n".formatted(FORMAT).getBytes(StandardCharsets.UTF_8));
        }
        if (!fs.rename(staged, mark) && !fs.exists(mark)) { // unless another job was faster
            throw new IOException("could not rename " + staged);
        }
    }

    /** The format in the mark, 0 if there is none. */
    private static int readFormat(FileSystem fs, Path mark) throws IOException {
        try (FSDataInputStream in = fs.open(mark)) {
            Matcher entry = FORMAT_ENTRY.matcher(new String(in.readNBytes(1 << 12), StandardCharsets.UTF_8));
            if (!entry.find()) {
                throw new IllegalArgumentException("%s does not tell the format of the warehouse".formatted(mark));
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

    /** The directory of the base models. */
    Path models() {
        return new Path(root, "models");
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
