package federa.pipeline;

import static org.apache.spark.sql.functions.col;

import federa.spi.InvalidInputException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of rows by name, as Spark finds them: {@code text} is also {@code Text}, unless {@code spark.sql.caseSensitive}
 * is set; and a dot is part of a name.
 */
public record ColumnNames(StructType schema, boolean caseSensitive) {

    /** Of rows of this schema, by the rule of the thread's session, or else of the only one. */
    public static ColumnNames of(StructType schema) {
        return new ColumnNames(
                schema, SparkSession.active().sessionState().conf().caseSensitiveAnalysis());
    }

    /** The column of this name, whatever signs are in it. */
    public static Column column(String name) {
        return col("`" + name.replace("`", "``") + "`");
    }

    public boolean contains(String name) {
        return places(name).findAny().isPresent();
    }

    /**
     * Where the column is.
     *
     * @throws InvalidInputException if there is none, or more than one that Spark takes for it
     */
    public int place(String name) {
        List<Integer> places = places(name).boxed().toList();
        if (places.isEmpty()) {
            throw new InvalidInputException("there is no column '%s' among %s".formatted(name, names()));
        }
        if (places.size() > 1) {
            throw new InvalidInputException(
                    "'%s' may be any of the columns %s: to Spark they have one name; rename all but one%s"
                            .formatted(
                                    name,
                                    places.stream()
                                            .map(place -> names().get(place))
                                            .toList(),
                                    caseSensitive ? "" : ", or set spark.sql.caseSensitive if they differ in case"));
        }
        return places.get(0);
    }

    /** As {@link #place}, what the column is. */
    public StructField field(String name) {
        return schema.fields()[place(name)];
    }

    public List<String> names() {
        return List.of(schema.fieldNames());
    }

    private IntStream places(String name) {
        return IntStream.range(0, schema.length())
                .filter(place -> caseSensitive
                        ? names().get(place).equals(name)
                        : names().get(place).equalsIgnoreCase(name));
    }
}
