package federa.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.paths.SparkPath;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.util.DeltaFileOperations;
import org.apache.spark.sql.delta.util.JsonUtils;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Function1;
import scala.collection.Iterator;
import scala.collection.JavaConverters;

/** Rows of one partition of a Delta table, read in this process: by Spark's own reader, but without a job. */
final class DriverRead {

    private final Table table;
    private final DeltaLog log;
    private final Snapshot snapshot;
    private final StructType partitionColumns;
    private final Function1<PartitionedFile, Iterator<InternalRow>> reader;
    private final Function1<Object, Object> toRow;

    /**
     * Reads a version of a table.
     *
     * @param wanted columns; all if there is none
     * @param snapshot the version, which is there
     */
    DriverRead(SparkSession spark, Table table, Set<String> wanted, DeltaLog log, Snapshot snapshot) {
        this.table = table;
        this.log = log;
        this.snapshot = snapshot;
        partitionColumns = snapshot.metadata().partitionSchema();
        StructType columns = new StructType(Arrays.stream(table.schema().fields())
                .filter(column -> partitionColumns.getFieldIndex(column.name()).isEmpty())
                .filter(column -> wanted.isEmpty()
                        || wanted.contains(column.name())
                        || column.name().equals(table.partitionedBy()))
                .toArray(StructField[]::new));
        reader = new ParquetFileFormat()
                .buildReaderWithPartitionValues(
                        spark,
                        columns,
                        partitionColumns,
                        columns,
                        JavaConverters.asScalaBuffer(List.<Filter>of()).toSeq(),
                        new scala.collection.immutable.Map.Map1<>(FileFormat.OPTION_RETURNING_BATCH(), "false"),
                        log.newDeltaHadoopConf());
        toRow = CatalystTypeConverters.createToScalaConverter(columns.merge(partitionColumns, true));
    }

    /**
     * The rows of a partition; a column that a file does not have yet is null.
     *
     * @param where values of columns of whole numbers; files that have others only are not opened
     * @throws InvalidInputException if a file is damaged
     */
    List<Row> rows(String partition, Map<String, Integer> where) {
        List<Row> rows = new ArrayList<>();
        for (AddFile file : TableState.of(log, snapshot).files()) {
            String of = file.partitionValues().getOrElse(table.partitionedBy(), () -> partition);
            if (of.equals(partition) && mayHave(file, where)) {
                read(file, row -> {
                    if (partition.equals(row.getAs(table.partitionedBy()))
                            && where.entrySet().stream()
                                    .allMatch(column -> column.getValue().equals(row.getAs(column.getKey())))) {
                        rows.add(row);
                    }
                });
            }
        }
        return rows;
    }

    private void read(AddFile file, Consumer<Row> rows) {
        Path path = DeltaFileOperations.absolutePath(log.dataPath().toString(), file.path());
        try {
            Iterator<InternalRow> found = reader.apply(new PartitionedFile(
                    partitionValues(file),
                    SparkPath.fromPath(path),
                    0,
                    file.size(),
                    new String[0],
                    file.modificationTime(),
                    file.size(),
                    scala.collection.immutable.Map$.MODULE$.empty()));
            while (found.hasNext()) {
                rows.accept((Row) toRow.apply(found.next()));
            }
        } catch (Exception e) { // Scala declares nothing
            throw new InvalidInputException(
                    "the file %s is damaged or gone (%s); restore it, or use another warehouse"
                            .formatted(path, e.getMessage()),
                    e);
        }
    }

    private InternalRow partitionValues(AddFile file) {
        return new GenericInternalRow(Arrays.stream(partitionColumns.fieldNames())
                .map(column -> UTF8String.fromString(file.partitionValues().apply(column)))
                .toArray());
    }

    /** By the statistics that {@link RowFile} and Delta write, if there are any. */
    private static boolean mayHave(AddFile file, Map<String, Integer> where) {
        JsonNode statistics;
        try {
            statistics = JsonUtils.mapper().readTree(file.stats() == null ? "{}" : file.stats());
        } catch (JsonProcessingException e) {
            return true;
        }
        return where.entrySet().stream()
                .allMatch(entry ->
                        statistics.path("minValues").path(entry.getKey()).asLong(Long.MIN_VALUE) <= entry.getValue()
                                && entry.getValue()
                                        <= statistics
                                                .path("maxValues")
                                                .path(entry.getKey())
                                                .asLong(Long.MAX_VALUE));
    }
}
