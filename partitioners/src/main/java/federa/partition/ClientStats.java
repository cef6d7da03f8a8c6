package federa.partition;

import static federa.partition.AssignClients.CLIENT_ID;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.map_from_entries;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;

import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;

/** What every client has: size, labels (or clusters), and how far these are from everybody's. */
public final class ClientStats {
    private static final String EXAMPLES = "num_examples";
    private static final String HISTOGRAM = "histogram";
    private static final String JS_DISTANCE = "js_distance";

    /** One row per client, in client order. The distance of a client without examples is null. */
    public static final StructType SCHEMA = new StructType()
            .add(CLIENT_ID, DataTypes.IntegerType, false)
            .add(EXAMPLES, DataTypes.LongType, false)
            .add(HISTOGRAM, DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType, false), false)
            .add(JS_DISTANCE, DataTypes.DoubleType, true);

    private ClientStats() {}

    /**
     * Statistics in {@link #SCHEMA} of the clients 0 to clients - 1; reads the two columns twice.
     *
     * @param assigned examples with the columns client_id INT and the one to count by, STRING
     * @param by what the histogram is of, see {@link Partitioner#skewColumn()}
     */
    public static Dataset<Row> of(Dataset<Row> assigned, int clients, String by) {
        Dataset<Row> counts =
                assigned.groupBy(col(CLIENT_ID), col(by)).agg(count(lit(1)).as("n"));
        TreeMap<String, Long> global = new TreeMap<>();
        for (Row row : counts.groupBy(by).agg(sum("n")).collectAsList()) {
            global.put(row.getString(0), row.getLong(1));
        }
        UDF1<scala.collection.Map<String, Long>, Double> distance = histogram ->
                Skew.of(JavaConverters.mapAsJavaMap(histogram), global).jsDistance();

        Column histogram = map_from_entries(sort_array(collect_list(struct(col(by), col("n")))));
        Dataset<Row> owners = counts.groupBy(CLIENT_ID)
                .agg(sum("n").as(EXAMPLES), histogram.as(HISTOGRAM))
                .withColumn(JS_DISTANCE, udf(distance, DataTypes.DoubleType).apply(col(HISTOGRAM)));

        Column nothing = map().cast(SCHEMA.apply(HISTOGRAM).dataType());
        return assigned.sparkSession()
                .range(clients)
                .select(col("id").cast(DataTypes.IntegerType).as(CLIENT_ID))
                .join(owners, new String[] {CLIENT_ID}, "left")
                .select(
                        col(CLIENT_ID),
                        coalesce(col(EXAMPLES), lit(0L)).as(EXAMPLES),
                        coalesce(col(HISTOGRAM), nothing).as(HISTOGRAM),
                        col(JS_DISTANCE))
                .orderBy(CLIENT_ID);
    }
}
