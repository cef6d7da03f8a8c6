package federa.prepare;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Records of any table as the strings of their fields. */
record TableRow() implements Shape<List<String>> {

    /** The column of the fields. */
    static final String VALUES = "values";

    @Override
    public StructType schema() {
        return PLACE.add(VALUES, DataTypes.createArrayType(DataTypes.StringType));
    }

    @Override
    public Row row(SplitFile file, long line, List<String> values) {
        return RowFactory.create(file.shown(), line, null, Severity.NONE.name(), values.toArray());
    }

    @Override
    public Row left(SplitFile file, long line, String problem, Severity severity) {
        return RowFactory.create(file.shown(), line, Printable.of(problem), severity.name(), null);
    }
}
