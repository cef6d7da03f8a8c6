package federa.ml;

import federa.pipeline.ColumnNames;
import federa.spi.InvalidInputException;
import federa.udf.PredictionColumns;
import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Checks of the columns that params name. */
final class Columns {

    private Columns() {}

    /**
     * The type of the column that a param names.
     *
     * @throws InvalidInputException if there is no such column, or more than one that Spark takes for it
     */
    static DataType require(StructType schema, Params params, Param<String> param) {
        String name = params.getOrDefault(param);
        try {
            return ColumnNames.of(schema).field(name).dataType();
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(
                    "%s: %s; name it with %s".formatted(params.uid(), e.getMessage(), param.name()), e);
        }
    }

    /** As {@link #require(StructType, Params, Param)}, and the column must have this type, whether its elements may be null or not. */
    static void require(StructType schema, Params params, Param<String> param, DataType type) {
        DataType found = require(schema, params, param);
        if (!DataType.equalsIgnoreNullability(found, type)) {
            throw new InvalidInputException("%s: the column '%s', which %s names, is %s and must be %s"
                    .formatted(
                            params.uid(),
                            params.getOrDefault(param),
                            param.name(),
                            found.simpleString(),
                            type.simpleString()));
        }
    }

    /** The schema with the column that a param names added. */
    static StructType add(StructType schema, Params params, Param<String> param, DataType type) {
        String name = params.getOrDefault(param);
        ColumnNames present = ColumnNames.of(schema);
        if (present.contains(name)) {
            throw new InvalidInputException("%s: there is already a column '%s'; name another with %s"
                    .formatted(params.uid(), present.field(name).name(), param.name()));
        }
        return schema.add(name, type);
    }

    /** The schema with the columns of predictions added, under the names that the params have for them. */
    static StructType add(
            StructType schema, Params params, PredictionColumns predictions, Map<String, Param<String>> names) {
        StructType extended = schema;
        for (StructField field : predictions.fields()) {
            extended = add(extended, params, names.get(field.name()), field.dataType());
        }
        return extended;
    }
}
