package federa.prepare;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How records become rows of a table that also tells of the records that cannot be used. Its columns include those of
 * {@link #PLACE}.
 *
 * @param <V> what a format makes of a record
 */
interface Shape<V> extends Serializable {

    /** What is known of any record, the problem being null if there is none. */
    StructType PLACE = new StructType()
            .add("file", DataTypes.StringType)
            .add("line", DataTypes.LongType)
            .add("problem", DataTypes.StringType)
            .add("severity", DataTypes.StringType);

    StructType schema();

    /** A row of a record that could be read. */
    Row row(SplitFile file, long line, V value);

    /** A row of a record, or of the rest of a file, that is left out. */
    Row left(SplitFile file, long line, String problem, Severity severity);
}
