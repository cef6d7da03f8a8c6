package federa.ml;

import federa.spi.InvalidInputException;
import federa.udf.PredictionColumns;
import java.util.List;
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
     * @throws InvalidInputException if there is no such column
     */
    static DataType require(StructType schema, Params params, Param<String> param) {
        String name = params.getOrDefault(param);
        if (!List.of(schema.fieldNames()).contains(name)) {
            throw new InvalidInputException("%s: there is no column '%s' among %s; name it with %s"
                    .formatted(params.uid(), name, List.of(schema.fieldNames()), param.name()));
        }
        return schema.apply(name).dataType();
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
        if (List.of(schema.fieldNames()).contains(name)) {
            throw new InvalidInputException("%s: there is already a column '%s'; name another with %s"
                    .formatted(params.uid(), name, param.name()));
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
