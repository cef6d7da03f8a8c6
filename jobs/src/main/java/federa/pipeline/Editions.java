package federa.pipeline;

import static org.apache.spark.sql.functions.col;

import federa.store.Table;
import federa.store.Tables;
import java.util.List;
import org.apache.spark.sql.Row;

/** What a comparison comes to is written anew as a whole each time; the rows of the highest edition count. */
final class Editions {

    private Editions() {}

    /** The edition to write next, from 1. */
    static int next(Tables tables, Table table, String comparison) {
        return highest(rows(tables, table, comparison)) + 1;
    }

    /** The rows that count; none if nothing was written yet. */
    static List<Row> last(Tables tables, Table table, String comparison) {
        List<Row> all = rows(tables, table, comparison);
        int highest = highest(all);
        return all.stream()
                .filter(row -> row.<Integer>getAs("edition") == highest)
                .toList();
    }

    private static int highest(List<Row> rows) {
        return rows.stream()
                .mapToInt(row -> row.<Integer>getAs("edition"))
                .max()
                .orElse(0);
    }

    private static List<Row> rows(Tables tables, Table table, String comparison) {
        return tables.read(table)
                .map(rows -> rows.where(col("comparison").equalTo(comparison)).collectAsList())
                .orElse(List.of());
    }
}
