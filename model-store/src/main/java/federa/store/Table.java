package federa.store;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import java.util.Locale;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The Delta tables of a warehouse; {@code docs/tables.md} explains every column. All are append-only and need reader
 * version 1. A row of a run counts only if {@link #ROUNDS} holds its (run_id, round, attempt).
 */
public enum Table {
    /** One row per attempt to run: what was asked for, and with what. */
    RUNS(
            "run_id",
            columns()
                    .add("run_id", StringType)
                    .add("attempt", IntegerType)
                    .add("started_at", TimestampType)
                    .add("experiment", StringType)
                    .add("method", StringType)
                    .add("model", StringType)
                    .add("model_sha256", StringType)
                    .add("dataset", StringType)
                    .add("data_fingerprint", StringType)
                    .add("partition_id", StringType)
                    .add("labels", DataTypes.createArrayType(StringType))
                    .add("trainable_parameters", LongType)
                    .add("total_parameters", LongType)
                    .add("config", StringType)
                    .add("versions", map(StringType))
                    .add("driver", StringType)),

    /** One row per committed round: the commit point, written last. */
    ROUNDS(
            "run_id",
            columns()
                    .add("run_id", StringType)
                    .add("round", IntegerType)
                    .add("attempt", IntegerType)
                    .add("committed_at", TimestampType)
                    .add("clients", IntegerType)
                    .add("failed_clients", IntegerType)
                    .add("num_examples", LongType)
                    .add("train_loss", DoubleType)
                    .add("bytes_up", LongType)
                    .add("bytes_down", LongType)
                    .add("seconds", DoubleType)
                    .add("phase_seconds", map(DoubleType))
                    .add("adapters_sha256", StringType)
                    .add("state_sha256", StringType)),

    /** One row per sampled client and round. */
    CLIENT_UPDATES(
            "run_id",
            columns()
                    .add("run_id", StringType)
                    .add("round", IntegerType)
                    .add("attempt", IntegerType)
                    .add("client_id", IntegerType)
                    .add("status", StringType)
                    .add("num_examples", LongType)
                    .add("steps", IntegerType)
                    .add("loss_first", DoubleType)
                    .add("loss_mean", DoubleType)
                    .add("loss_last", DoubleType)
                    .add("seconds", DoubleType)
                    .add("bytes_up", LongType)
                    .add("host", StringType)
                    .add("arch", StringType)
                    .add("executor", StringType)
                    .add("device", StringType)
                    .add("starts", IntegerType)
                    .add("error", StringType)),

    /** The tensors of the server's state after every committed round, round 0 being the start. */
    ADAPTERS(
            "run_id",
            columns()
                    .add("run_id", StringType)
                    .add("round", IntegerType)
                    .add("attempt", IntegerType)
                    .add("name", StringType)
                    .add("shape", DataTypes.createArrayType(LongType))
                    .add("data", BinaryType)
                    .add("sha256", StringType)
                    .add("role", StringType)),

    /** One row per metric of an evaluated round. */
    EVALUATIONS(
            "run_id",
            columns()
                    .add("run_id", StringType)
                    .add("round", IntegerType)
                    .add("attempt", IntegerType)
                    .add("split", StringType)
                    .add("metric", StringType)
                    .add("value", DoubleType)
                    .add("num_examples", LongType)
                    .add("seconds", DoubleType)),

    /** One row per metric of a client's validation examples, of a round that was evaluated by clients. */
    CLIENT_EVALUATIONS(
            "run_id",
            columns()
                    .add("run_id", StringType)
                    .add("round", IntegerType)
                    .add("attempt", IntegerType)
                    .add("client_id", IntegerType)
                    .add("metric", StringType)
                    .add("value", DoubleType)
                    .add("num_examples", LongType)),

    /** One row per attempt that ended before its last round, if its driver could still tell why. */
    FAILURES(
            "run_id",
            columns()
                    .add("run_id", StringType)
                    .add("attempt", IntegerType)
                    .add("failed_at", TimestampType)
                    .add("error", StringType)),

    /** Which client owns which example of a partition. */
    CLIENT_ASSIGNMENT(
            "partition_id",
            columns()
                    .add("partition_id", StringType)
                    .add("example_id", StringType)
                    .add("client_id", IntegerType)
                    .add("label", StringType)
                    .add("group", StringType)),

    /** How many examples of which label, or of which cluster, a client of a partition owns. */
    CLIENT_STATS(
            "partition_id",
            columns()
                    .add("partition_id", StringType)
                    .add("client_id", IntegerType)
                    .add("num_examples", LongType)
                    .add("histogram", map(LongType))
                    .add("js_distance", DoubleType)),

    /** One row per candidate of a comparison's tuning, and edition. */
    TUNINGS(
            "comparison",
            edition()
                    .add("setting", map(StringType))
                    .add("keys", map(StringType))
                    .add("run_id", StringType)
                    .add("seed", LongType)
                    .add("round", IntegerType)
                    .add("metric", StringType)
                    .add("validation", DoubleType)
                    .add("chosen", BooleanType)),

    /** One row per contender of a comparison, setting and evaluated round, and edition. */
    COMPARISONS(
            "comparison",
            edition()
                    .add("setting", map(StringType))
                    .add("contender", map(StringType))
                    .add("metric", StringType)
                    .add("round", IntegerType)
                    .add("seeds", IntegerType)
                    .add("mean", DoubleType)
                    .add("deviation", DoubleType)
                    .add("rank", DoubleType)
                    .add("bytes", DoubleType)
                    .add("simulated_seconds", map(DoubleType))),

    /** One row per two contenders of a comparison and setting, and edition. */
    COMPARISON_DIFFERENCES(
            "comparison",
            edition()
                    .add("setting", map(StringType))
                    .add("first", map(StringType))
                    .add("second", map(StringType))
                    .add("pairs", IntegerType)
                    .add("mean", DoubleType)
                    .add("low", DoubleType)
                    .add("high", DoubleType)),

    /** One row per contender of a comparison, setting, target, device and link, and edition. */
    COMPARISON_COSTS(
            "comparison",
            edition()
                    .add("setting", map(StringType))
                    .add("target", StringType)
                    .add("value", DoubleType)
                    .add("contender", map(StringType))
                    .add("device", StringType)
                    .add("link", StringType)
                    .add("round", IntegerType)
                    .add("bytes", DoubleType)
                    .add("simulated_seconds", DoubleType)
                    .add("cut_against_full", DoubleType)
                    .add("cut_against_others", DoubleType));

    private final String partitionedBy;
    private final StructType schema;

    Table(String partitionedBy, StructType schema) {
        this.partitionedBy = partitionedBy;
        this.schema = schema;
    }

    public String tableName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The column that the table's files are partitioned by. */
    String partitionedBy() {
        return partitionedBy;
    }

    public StructType schema() {
        return schema;
    }

    private static StructType columns() {
        return new StructType();
    }

    /** What is written anew as a whole: the rows of a comparison's highest edition count. */
    private static StructType edition() {
        return columns()
                .add("comparison", StringType)
                .add("edition", IntegerType)
                .add("written_at", TimestampType);
    }

    private static DataType map(DataType value) {
        return DataTypes.createMapType(StringType, value);
    }
}
