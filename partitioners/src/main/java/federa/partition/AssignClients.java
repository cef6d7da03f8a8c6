package federa.partition;

import static federa.partition.Partitioner.LABEL;
import static federa.partition.Partitioner.POOL;
import static federa.partition.Require.require;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import federa.spi.InvalidInputException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Gives every example its client.
 *
 * <p>Examples have the columns id STRING (unique), label STRING, any others such as text STRING, and the key column if
 * the partitioner has one. Only counts by group reach the driver and no task holds more than its share of the examples,
 * see {@link Plan#tasks}, so the table may be larger than memory.
 *
 * <p>The queue of a group is ordered by (xxhash64(id, seed), id). The result depends on the ids, the labels, the
 * partitioner and the seed, but not on the partitions or the order of the table, nor on spark.sql.shuffle.partitions.
 *
 * @param partitioner the rule
 * @param seed of the plan and of the queues
 */
public record AssignClients(Partitioner partitioner, long seed) {
    /** The column with an example's unique name. */
    public static final String ID = "id";

    /** The column that is added, INT, from 0. */
    public static final String CLIENT_ID = "client_id";

    private static final String ORDINAL = "federa_group";
    private static final String HASH = "federa_hash";

    /**
     * Checks and counts the examples and plans their division; reads the id, label and key columns twice.
     *
     * @throws InvalidInputException if a column is missing, an id, label or key is null, or two examples have the
     *     same id
     */
    public Plan plan(Dataset<Row> examples) {
        requireColumns(examples);
        Column[] present =
                needed().stream().map(column -> count(col(quoted(column)))).toArray(Column[]::new);
        List<Row> groups = examples.groupBy(group()).agg(count(lit(1)), present).collectAsList();
        requireNoNulls(groups);
        SortedMap<String, Long> counts = new TreeMap<>();
        groups.forEach(row -> counts.put(row.getString(0), row.getLong(1)));
        Plan plan = partitioner.plan(counts, seed);
        requireUniqueIds(examples, plan.tasks(cores(examples)));
        return plan;
    }

    /**
     * The examples with {@link #CLIENT_ID}.
     *
     * <p>Where the group does not tell the client, all rows are sorted by group and queue and numbered, which spreads
     * over the cluster however few groups there are. The numbering sorts at once and not when the result is used.
     *
     * @param plan the plan of these examples
     */
    public Dataset<Row> assign(Dataset<Row> examples, Plan plan) {
        requireColumns(examples);
        if (plan.needsNoRanks()) {
            UDF1<String, Integer> owner = group -> plan.clientOf(group, 0);
            Column client = udf(owner, DataTypes.IntegerType).asNonNullable().apply(group());
            return examples.withColumn(CLIENT_ID, client);
        }
        // By ordinal, because Java and Spark order some names differently (UTF-16 and UTF-8).
        UDF1<String, Integer> ordinal = plan::ordinal;
        Dataset<Row> queues = examples.withColumn(
                        ORDINAL, udf(ordinal, DataTypes.IntegerType).apply(group()))
                .withColumn(HASH, xxhash64(col(ID), lit(seed)))
                .repartitionByRange(plan.tasks(cores(examples)), col(ORDINAL), col(HASH), col(ID))
                .sortWithinPartitions(ORDINAL, HASH, ID);
        int width = examples.columns().length;
        JavaRDD<Row> owned = queues.javaRDD()
                .zipWithIndex()
                .map(row -> withClient(row._1, width, plan.clientAt(row._2, row._1.getInt(width))));
        StructType schema = examples.schema().add(CLIENT_ID, DataTypes.IntegerType, false);
        return examples.sparkSession().createDataFrame(owned, schema);
    }

    private static Row withClient(Row row, int width, int client) {
        Object[] values = new Object[width + 1];
        for (int i = 0; i < width; i++) {
            values[i] = row.get(i);
        }
        values[width] = client;
        return RowFactory.create(values);
    }

    private Column group() {
        return partitioner
                .groupColumn()
                .map(column -> col(quoted(column)).cast(DataTypes.StringType))
                .orElse(lit(POOL));
    }

    private void requireColumns(Dataset<Row> examples) {
        List<String> columns = Arrays.asList(examples.columns());
        for (String column : needed()) {
            require(columns.contains(column), "The examples have no column '%s', only %s", column, columns);
        }
        require(!columns.contains(CLIENT_ID), "The examples already have a column '%s'; rename it", CLIENT_ID);
    }

    private static int cores(Dataset<Row> examples) {
        return examples.sparkSession().sparkContext().defaultParallelism();
    }

    private static void requireUniqueIds(Dataset<Row> examples, int tasks) {
        List<Row> repeated = examples.repartition(tasks, col(ID))
                .groupBy(ID)
                .count()
                .filter(col("count").gt(1))
                .takeAsList(1);
        if (!repeated.isEmpty()) {
            throw new InvalidInputException(String.format(
                    "Id '%s' occurs %s times; ids must be unique, or it is not decided which client owns the example",
                    repeated.get(0).get(0), repeated.get(0).getLong(1)));
        }
    }

    /** Checks rows of (group, examples, examples with the first needed column present, with the second, ...). */
    private void requireNoNulls(List<Row> groups) {
        int position = 2;
        for (String column : needed()) {
            int present = position++;
            long nulls = groups.stream()
                    .mapToLong(row -> row.getLong(1) - row.getLong(present))
                    .sum();
            require(
                    nulls == 0,
                    "Column '%s' is null in %s of %s examples; fill it or drop these rows before partitioning",
                    column,
                    nulls,
                    groups.stream().mapToLong(row -> row.getLong(1)).sum());
        }
    }

    private Set<String> needed() {
        Set<String> columns = new LinkedHashSet<>(List.of(ID, LABEL));
        partitioner.groupColumn().ifPresent(columns::add);
        return columns;
    }

    private static String quoted(String column) {
        return "`" + column.replace("`", "``") + "`";
    }
}
