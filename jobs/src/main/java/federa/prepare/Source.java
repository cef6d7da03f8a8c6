package federa.prepare;

import federa.spi.InvalidInputException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A raw data set: where it is, in which format, and how its records become rows. */
public interface Source extends Serializable {

    /** The name in configuration files and in messages, for instance {@code ag-news}. */
    String name();

    /** What its rows are. */
    default Kind kind() {
        return Kind.TEXTS;
    }

    /** Whether there is anything to tell apart, if its kind has that at all: a corpus is texts, but without classes. */
    default boolean hasClasses() {
        return true;
    }

    /** Whether the labels stand for numbers, written as Spark writes a double. */
    default boolean hasNumericLabels() {
        return false;
    }

    /** The splits that it has, each of which must have rows. */
    default List<String> splits() {
        return List.of("train", "test");
    }

    /** The size that the authors of the data set publish, if there is one. */
    Optional<Published> published();

    /**
     * Every record with its place in the raw files, malformed ones included, in the schema of {@link RawRow}; nothing is
     * counted or dropped yet, that is the work of {@link Preparation}.
     *
     * @throws InvalidInputException if a path is missing or of the wrong type
     */
    Dataset<Row> read(SparkSession spark);
}
