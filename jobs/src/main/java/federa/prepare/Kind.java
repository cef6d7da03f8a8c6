package federa.prepare;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What the rows of a prepared data set are, and so which tasks can learn from them.
 *
 * <p>All kinds start with {@code id, split, text, label, key}. The id is unique and stable: the same record has the same id
 * however Spark reads it. The label is what a division among clients may go by; the key says who or what a row comes from,
 * and only it may be null.
 */
public enum Kind {
    /** Texts with one label each. */
    TEXTS(new StructType()) {
        @Override
        Column classes() {
            return array(col("label"));
        }

        @Override
        List<String> labels(SortedSet<String> classes) {
            return LabelOrder.of(classes);
        }
    },

    /**
     * Sentences with one IOB2 tag a word. The words are {@code text.split(" ")}; the label is FedNLP's: the sorted entity
     * types joined by "-", or "NULL".
     */
    ENTITIES(new StructType().add("tags", DataTypes.createArrayType(DataTypes.StringType))) {
        @Override
        Column classes() {
            return expr("transform(filter(tags, tag -> tag != 'O'), tag -> substr(tag, 3))");
        }

        @Override
        List<String> labels(SortedSet<String> classes) {
            return Stream.concat(
                            Stream.of("O"),
                            LabelOrder.of(classes).stream().flatMap(type -> Stream.of("B-" + type, "I-" + type)))
                    .toList();
        }
    },

    /**
     * Questions whose answers are parts of the text: {@code answers[i]} starts at the UTF-16 index {@code starts[i]}, and
     * there is at least one. The label and the key are the title or the data set that the text comes from.
     */
    QUESTIONS(new StructType()
            .add("question", DataTypes.StringType)
            .add("answers", DataTypes.createArrayType(DataTypes.StringType))
            .add("starts", DataTypes.createArrayType(DataTypes.IntegerType))) {
        @Override
        Column classes() {
            return array().cast(DataTypes.createArrayType(DataTypes.StringType));
        }

        @Override
        List<String> labels(SortedSet<String> classes) {
            return List.of();
        }
    };

    private static final StructType COMMON = new StructType()
            .add("id", DataTypes.StringType)
            .add("split", DataTypes.StringType)
            .add("text", DataTypes.StringType)
            .add("label", DataTypes.StringType)
            .add("key", DataTypes.StringType);

    private final StructType further;

    Kind(StructType further) {
        this.further = further;
    }

    /** The columns of a prepared data set. */
    public StructType schema() {
        StructType schema = COMMON;
        for (String name : further.fieldNames()) {
            DataType type = further.apply(name).dataType();
            schema = schema.add(name, type);
        }
        return schema;
    }

    /** The columns of {@link #schema()}, to select or to hash. */
    public Column[] columns() {
        return Arrays.stream(schema().fieldNames()).map(name -> col(name)).toArray(Column[]::new);
    }

    /** The kind with exactly these column names, if there is one. */
    public static Optional<Kind> of(StructType schema) {
        return Arrays.stream(values())
                .filter(kind -> Arrays.equals(kind.schema().fieldNames(), schema.fieldNames()))
                .findFirst();
    }

    /** What a row has of the things that are to be told apart: an array of strings. */
    abstract Column classes();

    /** What a model's head tells apart, in index order, given the classes of the train split. */
    abstract List<String> labels(SortedSet<String> classes);
}
