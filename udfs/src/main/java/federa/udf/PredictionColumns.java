package federa.udf;

import federa.task.Column;
import federa.task.Prediction;
import federa.task.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of a task's predictions as Spark has them. */
public final class PredictionColumns {

    private final List<Column> columns;

    private PredictionColumns(List<Column> columns) {
        this.columns = columns;
    }

    /** The columns that a task names. */
    public static PredictionColumns of(List<Column> columns) {
        return new PredictionColumns(List.copyOf(columns));
    }

    /** The columns, nullable. */
    public List<StructField> fields() {
        return columns.stream()
                .map(column -> DataTypes.createStructField(column.name(), type(column.type()), true))
                .toList();
    }

    private static DataType type(ValueType type) {
        if (type instanceof ValueType.ListOf list) {
            return DataTypes.createArrayType(type(list.element()), false);
        }
        if (type instanceof ValueType.Struct struct) {
            StructType fields = new StructType();
            for (Column field : struct.fields()) {
                fields = fields.add(field.name(), type(field.type()), false);
            }
            return fields;
        }
        return switch ((ValueType.Single) type) {
            case TEXT -> DataTypes.StringType;
            case WHOLE -> DataTypes.IntegerType;
            case DECIMAL -> DataTypes.DoubleType;
        };
    }

    /** The values of a prediction, as a row of these columns holds them. */
    Object[] values(Prediction prediction) {
        List<Object> values = prediction.values();
        Object[] row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = value(columns.get(i).type(), values.get(i));
        }
        return row;
    }

    private static Object value(ValueType type, Object value) {
        if (type instanceof ValueType.ListOf list) {
            List<Object> elements = new ArrayList<>();
            ((List<?>) value).forEach(element -> elements.add(value(list.element(), element)));
            return elements.toArray();
        }
        return type instanceof ValueType.Struct struct ? row(struct, (List<?>) value) : value;
    }

    private static Row row(ValueType.Struct struct, List<?> values) {
        Object[] fields = new Object[values.size()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = value(struct.fields().get(i).type(), values.get(i));
        }
        return RowFactory.create(fields);
    }
}
