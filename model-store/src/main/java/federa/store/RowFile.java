package federa.store;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.Option;

/**
 * A new Parquet file of a Delta table, with rows of one of its partitions: by Spark's own writer, but in this process. Belongs
 * to the table once its action is committed.
 */
final class RowFile {

    private final SparkSession spark;
    private final DeltaLog log;
    private final Table table;
    private final int partitionedBy;
    private final StructType columns;
    private final Configuration hadoop;

    private String partition;
    private Path name;

    /** A file that is not there yet. */
    RowFile(SparkSession spark, DeltaLog log, Table table) {
        this.spark = spark;
        this.log = log;
        this.table = table;
        partitionedBy = table.schema().fieldIndex(table.partitionedBy());
        columns = without(table.schema(), partitionedBy);
        hadoop = log.newDeltaHadoopConf();
    }

    /**
     * Writes the rows, one by one.
     *
     * @return what adds the file to the table; nothing if there are no rows, and so no file
     */
    Optional<AddFile> write(Iterable<Row> rows) {
        try {
            return writeAll(rows);
        } catch (IOException e) {
            throw new StoreException("cannot write %s: %s".formatted(path(), e.getMessage()), e);
        }
    }

    private Optional<AddFile> writeAll(Iterable<Row> rows) throws IOException {
        Iterator<Row> left = rows.iterator();
        if (!left.hasNext()) {
            return Optional.empty();
        }
        Function1<Object, Object> toSpark = CatalystTypeConverters.createToCatalystConverter(columns);
        Statistics statistics = new Statistics(columns);
        Row row = left.next();
        OutputWriter writer = create(row.getString(partitionedBy));
        try (Closeable file = writer::close) { // whose own complaint must not hide why a row could not be written
            while (row != null) {
                if (!partition.equals(row.getString(partitionedBy))) {
                    throw new IllegalStateException("rows of %s and of %s cannot be in one file of the table %s"
                            .formatted(partition, row.getString(partitionedBy), table.tableName()));
                }
                Row values = without(row, partitionedBy);
                statistics.add(values);
                writer.write((InternalRow) toSpark.apply(values));
                row = left.hasNext() ? left.next() : null;
            }
        }
        FileStatus written = path().getFileSystem(hadoop).getFileStatus(path());
        return Optional.of(new AddFile(
                name.toUri().toString(),
                new scala.collection.immutable.Map.Map1<>(table.partitionedBy(), partition),
                written.getLen(),
                written.getModificationTime(),
                true,
                statistics.json(),
                null,
                null,
                Option.empty(),
                Option.empty(),
                Option.empty()));
    }

    private OutputWriter create(String ofPartition) throws IOException {
        partition = ofPartition;
        name = new Path(
                ExternalCatalogUtils.getPartitionPathString(table.partitionedBy(), partition),
                "part-00000-%s.c000.snappy.parquet".formatted(UUID.randomUUID()));
        Job job = Job.getInstance(hadoop);
        return new ParquetFileFormat()
                .prepareWrite(spark, job, scala.collection.immutable.Map$.MODULE$.empty(), columns)
                .newInstance(
                        path().toString(),
                        columns,
                        new TaskAttemptContextImpl(job.getConfiguration(), new TaskAttemptID()));
    }

    private Path path() {
        return new Path(log.dataPath(), name);
    }

    /** Takes the file away again, if it was not committed. */
    void delete() {
        if (name == null) {
            return;
        }
        try {
            path().getFileSystem(hadoop).delete(path(), false);
        } catch (IOException e) {
            // A file that no version of the table names is read by nobody; what went wrong before matters more.
        }
    }

    private static StructType without(StructType schema, int index) {
        List<StructField> fields = new ArrayList<>(List.of(schema.fields()));
        fields.remove(index);
        return new StructType(fields.toArray(StructField[]::new));
    }

    private static Row without(Row row, int index) {
        Object[] values = new Object[row.length() - 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.get(i < index ? i : i + 1);
        }
        return RowFactory.create(values);
    }

    /** What Delta notes of a file, by which queries pass it over: the range of each column of whole numbers. */
    private static final class Statistics {

        private final StructType columns;
        private final Map<String, LongSummaryStatistics> ranges = new LinkedHashMap<>();
        private long rows;

        Statistics(StructType columns) {
            this.columns = columns;
            for (StructField column : columns.fields()) {
                if (column.dataType().equals(IntegerType) || column.dataType().equals(LongType)) {
                    ranges.put(column.name(), new LongSummaryStatistics());
                }
            }
        }

        void add(Row row) {
            rows++;
            ranges.forEach((column, range) -> {
                Number value = (Number) row.get(columns.fieldIndex(column));
                if (value != null) {
                    range.accept(value.longValue());
                }
            });
        }

        String json() {
            StringJoiner least = new StringJoiner(",", "{", "}");
            StringJoiner most = new StringJoiner(",", "{", "}");
            StringJoiner nulls = new StringJoiner(",", "{", "}");
            ranges.forEach((column, range) -> {
                String key = "\"" + column + "\":";
                nulls.add(key + (rows - range.getCount()));
                if (range.getCount() > 0) {
                    least.add(key + range.getMin());
                    most.add(key + range.getMax());
                }
            });
            return "{\"numRecords\":" + rows + ",\"minValues\":" + least + ",\"maxValues\":" + most + ",\"nullCount\":"
                    + nulls + "}";
        }
    }
}
