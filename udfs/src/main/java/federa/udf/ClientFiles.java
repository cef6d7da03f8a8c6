package federa.udf;

import federa.spi.InvalidInputException;
import federa.task.Fields;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** Reads a client's examples from its own Parquet files, without Spark, inside a task. */
public final class ClientFiles {

    private ClientFiles() {}

    /** The directory of one client under the directory of its partition. */
    public static String directory(String clients, int client) {
        return clients + "/client_id=" + client;
    }

    /** A file as it was when it was listed. */
    record Stamp(String path, long length, long modified) {}

    /**
     * A client's Parquet files.
     *
     * @throws InvalidInputException if it has none or they cannot be listed
     */
    static List<Stamp> list(String clients, int client, Configuration hadoop) {
        Path directory = new Path(directory(clients, client));
        List<Stamp> files = new ArrayList<>();
        try {
            for (FileStatus file : directory.getFileSystem(hadoop).listStatus(directory)) {
                if (file.getPath().getName().endsWith(".parquet")) {
                    files.add(new Stamp(file.getPath().toString(), file.getLen(), file.getModificationTime()));
                }
            }
        } catch (FileNotFoundException e) {
            throw missing(client, directory, e);
        } catch (IOException e) {
            throw new InvalidInputException("cannot read %s: %s".formatted(directory, e.getMessage()), e);
        }
        if (files.isEmpty()) {
            throw missing(client, directory, null);
        }
        files.sort(Comparator.comparing(Stamp::path));
        return files;
    }

    private static InvalidInputException missing(int client, Path directory, Exception cause) {
        return new InvalidInputException(
                "client %d has no files in %s; run the partition job again".formatted(client, directory), cause);
    }

    /**
     * All examples of a client, in the order of their ids.
     *
     * @throws InvalidInputException naming the file that is missing or cannot be read
     */
    public static List<Fields> read(String clients, int client, Configuration hadoop) {
        return read(list(clients, client, hadoop), hadoop);
    }

    /** As {@link #read(String, int, Configuration)}, from files that were listed. */
    static List<Fields> read(List<Stamp> files, Configuration hadoop) {
        List<Fields> rows = new ArrayList<>();
        files.forEach(file -> read(new Path(file.path()), hadoop, rows));
        rows.sort(Comparator.comparing(row -> row.text("id")));
        return rows;
    }

    private static void read(Path file, Configuration hadoop, List<Fields> rows) {
        try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(
                        HadoopInputFile.fromPath(file, hadoop))
                .withConf(hadoop)
                .build()) {
            for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
                rows.add(new AvroFields(row));
            }
        } catch (IOException | RuntimeException e) {
            throw new InvalidInputException(
                    "cannot read the client file %s: %s; run the partition job again".formatted(file, firstLine(e)), e);
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse(e.getClass().getSimpleName());
    }
}
