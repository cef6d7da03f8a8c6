package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Raw files as rows of {@link RawRow#SCHEMA}: one task reads one file as a stream and holds one record at a time.
 *
 * <p>A task never fails because of what a file contains, since Spark would try it again and bury the reason: a file that
 * cannot be read to its end becomes a row that says so.
 */
final class FileRows implements Iterator<Row> {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final SplitFile file;
    private final Format format;
    private final Configuration hadoop;
    private Rows<?> rows;
    private InputStream bytes;
    private long line;
    private RawRow next;
    private boolean ended;

    private FileRows(SplitFile file, Format format, Configuration hadoop) {
        this.file = file;
        this.format = format;
        this.hadoop = hadoop;
    }

    static Dataset<Row> read(SparkSession spark, List<SplitFile> files, Format format) {
        SerializableConfiguration hadoop =
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
        JavaRDD<Row> rows = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(files, files.size())
                .flatMap(file -> new FileRows(file, format, hadoop.value()));
        return spark.createDataFrame(rows, RawRow.SCHEMA);
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

        Row row = next.toRow();
        next = null;
        return row;
    }

    private RawRow advance() {
        try {
            if (rows == null) {
                rows = format.open(file, open());
            }

            RawRow row = rows.next();
            if (row != null) {
                line = row.line();
            }
            return row;
        } catch (Unusable e) {
            return last(e.line(), e.getMessage());
        } catch (IOException e) {
            String reason =
                    "the file cannot be read behind this place (%s); it may be cut off or damaged: fetch it again";
            return last(line, reason.formatted(OneLine.of(e)));
        }
    }

    private RawRow last(long where, String reason) {
        ended = true;
        return RawRow.unusable(file, where, reason);
    }

    private InputStream open() throws IOException {
        Path path = new Path(file.path());
        bytes = path.getFileSystem(hadoop).open(path);
        TaskContext task = TaskContext.get();
        if (task != null) {
            task.addTaskCompletionListener((TaskCompletionListener) context -> close());
        }
        return decoded(file, bytes);
    }

    /** The text of a file, unpacked and without a byte order mark. */
    static InputStream decoded(SplitFile file, InputStream bytes) throws IOException {
        return file.isGzip() ? withoutMark(unpacked(bytes)) : withoutMark(bytes);
    }

    private static InputStream unpacked(InputStream packed) throws IOException {
        return new GzipCompressorInputStream(packed, true /* all members: pieces may have been joined */);
    }

    private static InputStream withoutMark(InputStream bytes) throws IOException {
        PushbackInputStream marked = new PushbackInputStream(bytes, BYTE_ORDER_MARK.length);
        byte[] start = marked.readNBytes(BYTE_ORDER_MARK.length);
        if (!Arrays.equals(start, BYTE_ORDER_MARK)) {
            marked.unread(start);
        }
        return marked;
    }

    private void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
