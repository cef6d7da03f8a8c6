package federa.udf;

import federa.task.Fields;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** A Spark row as a task reads it; only the columns that are named are there. */
record RowFields(Row row, Map<String, Integer> columns) implements Fields {

    @Override
    public String text(String column) {
        return row.getString(columns.get(column));
    }

    @Override
    public List<String> texts(String column) {
        return row.getList(columns.get(column));
    }

    @Override
    public List<Integer> numbers(String column) {
        return row.getList(columns.get(column));
    }
}
