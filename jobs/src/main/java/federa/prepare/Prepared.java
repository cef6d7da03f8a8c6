package federa.prepare;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A checked data set, ready to be stored; Spark holds its rows until {@link #close()}. */
public final class Prepared implements AutoCloseable {

    /** {@code id} is unique and stable: the same record has the same id however its file is cut or Spark reads it; {@code key} says who or what it comes from, if the data does. */
    public static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.StringType)
            .add("split", DataTypes.StringType)
            .add("text", DataTypes.StringType)
            .add("label", DataTypes.StringType)
            .add("key", DataTypes.StringType);

    private final Dataset<Row> rows;
    private final Counts counts;
    private final Dataset<Row> held;

    Prepared(Dataset<Row> rows, Counts counts, Dataset<Row> held) {
        this.rows = rows;
        this.counts = counts;
        this.held = held;
    }

    /** The usable rows in {@link #SCHEMA}; only {@code key} may be null. */
    public Dataset<Row> rows() {
        return rows;
    }

    public Counts counts() {
        return counts;
    }

    /** Gives back the memory and disk that hold the rows. */
    @Override
    public void close() {
        held.unpersist();
    }
}
