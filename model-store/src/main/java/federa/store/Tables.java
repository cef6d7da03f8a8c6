package federa.store;

import static org.apache.spark.sql.functions.lit;

import federa.spi.InvalidInputException;
import io.delta.exceptions.DeltaConcurrentModificationException;
import io.delta.tables.DeltaTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.CommitInfo;
import org.apache.spark.sql.types.StructField;
import scala.Option;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** Reads and appends to the Delta tables of a warehouse. */
public final class Tables {

    /** How often others may come first: each makes a table or adds columns once. */
    private static final int CONFLICTS = 10;

    /** Of a table when it is made: that it only grows, and what would shut out readers of version 1 if a session had it so. */
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("delta.appendOnly", "true"),
            Map.entry("delta.checkpointInterval", "50"), // a checkpoint takes Spark jobs, longer than a short round
            Map.entry("delta.minReaderVersion", "1"),
            Map.entry("delta.minWriterVersion", "2"),
            Map.entry("delta.columnMapping.mode", "none"),
            Map.entry("delta.checkpointPolicy", "classic"),
            Map.entry("delta.enableDeletionVectors", "false"),
            Map.entry("delta.enableChangeDataFeed", "false"),
            Map.entry("delta.enableRowTracking", "false"),
            Map.entry("delta.enableInCommitTimestamps", "false"),
            Map.entry("delta.enableTypeWidening", "false"));

    /** A session's wishes for all new tables that no property of one table can undo. */
    private static final String FEATURE = "spark.databricks.delta.properties.defaults.feature.";

    private final SparkSession spark;
    private final Warehouse warehouse;

    public Tables(SparkSession spark, Warehouse warehouse) {
        this.spark = spark;
        this.warehouse = warehouse;
    }

    /** The table's rows, or nothing if nobody has written it yet; a column that it does not have yet is null. */
    public Optional<Dataset<Row>> read(Table table) {
        return read(spark, warehouse.table(table)).map(rows -> {
            Dataset<Row> all = rows;
            for (StructField column : table.schema().fields()) {
                if (rows.schema().getFieldIndex(column.name()).isEmpty()) {
                    all = all.withColumn(column.name(), lit(null).cast(column.dataType()));
                }
            }
            return all;
        });
    }

    /**
     * The rows of a Delta table, or nothing if there is none.
     *
     * @throws InvalidInputException if its log is damaged
     */
    public static Optional<Dataset<Row>> read(SparkSession spark, String path) {
        try {
            return DeltaTable.isDeltaTable(spark, path)
                    ? Optional.of(spark.read().format("delta").load(path))
                    : Optional.empty();
        } catch (Exception e) { // Scala declares nothing, and its exceptions may be checked ones
            throw damaged(path, e);
        }
    }

    /**
     * The rows of a partition, read without a Spark job: for the few of a run. A column that the table does not have yet is null.
     *
     * @param columns that are wanted; all if none is named
     * @throws InvalidInputException if the table's log or a file of it is damaged
     */
    public List<Row> rows(Table table, String partition, String... columns) {
        return rows(table, partition, Map.of(), columns);
    }

    /**
     * As {@link #rows(Table, String, String...)}, only those that have these values.
     *
     * @param where by columns of whole numbers, which are among those that are wanted
     */
    public List<Row> rows(Table table, String partition, Map<String, Integer> where, String... columns) {
        String path = warehouse.table(table);
        try {
            DeltaLog log = DeltaLog.forTable(spark, new Path(path));
            Snapshot snapshot = log.update(false, Option.empty(), Option.empty());
            return snapshot.version() < 0
                    ? List.of()
                    : new DriverRead(spark, table, Set.of(columns), log, snapshot).rows(partition, where);
        } catch (InvalidInputException e) {
            throw e;
        } catch (Exception e) { // as above
            throw damaged(path, e);
        }
    }

    /** What the last commit that says anything says of itself ({@code userMetadata}), if its entry of the log is still there. */
    public static Optional<String> description(SparkSession spark, String path) {
        try {
            DeltaLog log = DeltaLog.forTable(spark, new Path(path));
            Optional<String> description = Optional.empty();
            Iterator<Tuple2<Object, Seq<Action>>> commits = log.getChanges(0, false);
            while (commits.hasNext()) {
                for (Action action : JavaConverters.seqAsJavaList(commits.next()._2())) {
                    if (action instanceof CommitInfo info && info.userMetadata().isDefined()) {
                        description = Optional.of(info.userMetadata().get());
                    }
                }
            }
            return description;
        } catch (Exception e) { // as above
            throw damaged(path, e);
        }
    }

    /** What to tell of a Delta table whose log cannot be read. */
    private static InvalidInputException damaged(String path, Exception e) {
        return new InvalidInputException(
                "the table %s is damaged: %s; restore its directory, or use another warehouse"
                        .formatted(
                                path,
                                String.valueOf(e.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("its log cannot be read")),
                e);
    }

    /**
     * Appends rows once: a second append with the same writer and a version that is not higher does nothing. No Spark job
     * runs.
     *
     * @param rows of one partition of the table; asked for one by one, and again if another job changes the table meanwhile
     * @param writer names the sequence of appends, such as a run
     * @param version its place in the sequence
     * @return the writer's highest version in the table: this one, or a later one, which came first
     */
    public long append(Table table, Iterable<Row> rows, String writer, long version) {
        requireNoFeatures();
        DeltaLog log = DeltaLog.forTable(spark, new Path(warehouse.table(table)));
        return repeated(() -> {
            // In turn within this process: a commit that another came before makes Delta read the log anew, with Spark.
            synchronized (log) {
                return new DriverCommit(spark, table, log).append(rows, PROPERTIES, writer(writer, table), version);
            }
        });
    }

    /** As {@link #append(Table, Iterable, String, long)}, for rows that Spark holds. */
    public void append(Table table, Dataset<Row> rows, String writer, long version) {
        append(
                rows.write()
                        .partitionBy(table.partitionedBy())
                        .option(
                                "mergeSchema",
                                "true"), // a warehouse of an earlier version lacks the columns added since
                warehouse.table(table),
                writer(writer, table),
                version);
    }

    private static String writer(String writer, Table table) {
        return writer + "/" + table.tableName();
    }

    /**
     * Appends to any Delta table once, see {@link #append(Table, Iterable, String, long)}; several jobs may make it at once.
     *
     * @throws InvalidInputException if the session asks for a feature of Delta in each new table
     */
    public static void append(DataFrameWriter<Row> rows, String path, String writer, long version) {
        requireNoFeatures();
        DataFrameWriter<Row> once = rows.format("delta")
                .options(PROPERTIES)
                .mode(SaveMode.Append)
                .option("txnAppId", writer)
                .option("txnVersion", version);
        repeated(() -> {
            once.save(path);
            return version;
        });
    }

    /** Repeats an append that another job came before: it made the table, added its columns, or wrote this version itself. */
    private static long repeated(LongSupplier append) {
        for (int left = CONFLICTS; ; left--) {
            try {
                return append.getAsLong();
            } catch (DeltaConcurrentModificationException e) {
                if (left == 0) {
                    throw e;
                }
            }
        }
    }

    private static void requireNoFeatures() {
        JavaConverters.mapAsJavaMap(SparkSession.active().conf().getAll()).forEach((key, value) -> {
            if (key.startsWith(FEATURE)) {
                throw new InvalidInputException(
                        "%s is set to %s, with which older readers of Delta could not open the warehouse; unset it"
                                .formatted(key, value));
            }
        });
    }

    /** Reads the tables anew from now on, after their directories were replaced. */
    public void forget() {
        for (Table table : Table.values()) {
            DeltaLog.invalidateCache(spark, new Path(warehouse.table(table)));
        }
    }

    public SparkSession spark() {
        return spark;
    }
}
