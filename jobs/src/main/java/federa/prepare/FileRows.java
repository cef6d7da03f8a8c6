package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Raw files as rows: one task reads one file as a stream and holds one record at a time.
 *
 * <p>A task never fails because of what a file contains, since Spark would try it again and bury the reason: a file that
 * cannot be read to its end becomes a row that says so.
 */
final class FileRows<V> implements Iterator<Row> {

    private final SplitFile file;
    private final Format<V> format;
    private final Shape<V> shape;
    private final Configuration hadoop;
    private Rows<?, V> rows;
    private InputStream bytes;
    private long line;
    private Row next;
    private boolean ended;

    private FileRows(SplitFile file, Format<V> format, Shape<V> shape, Configuration hadoop) {
        this.file = file;
        this.format = format;
        this.shape = shape;
        this.hadoop = hadoop;
    }

    /** Labelled records in the schema of {@link RawRow}. */
    static Dataset<Row> read(SparkSession spark, List<SplitFile> files, Format<Labelled> format) {
        return read(spark, files, format, new RawRow.AsRow());
    }

    static <V> Dataset<Row> read(SparkSession spark, List<SplitFile> files, Format<V> format, Shape<V> shape) {
        SerializableConfiguration hadoop =
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
        JavaRDD<Row> rows = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(files, files.size())
                .flatMap(file -> new FileRows<>(file, format, shape, hadoop.value()));
        return spark.createDataFrame(rows, shape.schema());
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            next = advance();
            ended |= next == null;
        }
        return next != null;
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }

        Row row = next;
        next = null;
        return row;
    }

    private Row advance() {
        try {
            if (rows == null) {
                rows = format.open(file, open());
            }
            V value = rows.next();
            line = rows.line();
            return value == null ? null : shape.row(file, line, value);
        } catch (Malformed e) {
            line = e.line().orElse(rows.line());
            return shape.left(file, line, e.getMessage(), Severity.RECORD);
        } catch (Skipped e) {
            line = rows.line();
            return shape.left(file, line, e.getMessage(), Severity.SKIPPED);
        } catch (Unusable e) {
            return last(e.line(), e.getMessage());
        } catch (IOException e) {
            String reason =
                    "the file cannot be read behind this place (%s); it may be cut off or damaged: fetch it again";
            return last(line, reason.formatted(OneLine.of(e)));
        }
    }

    private Row last(long where, String reason) {
        ended = true;
        return shape.left(file, where, reason, Severity.FILE);
    }

    private InputStream open() throws IOException {
        bytes = file.open(hadoop);
        TaskContext task = TaskContext.get();
        if (task != null) {
            task.addTaskCompletionListener((TaskCompletionListener) context -> close());
        }
        return bytes;
    }

    private void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
