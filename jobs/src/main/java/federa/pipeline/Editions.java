package federa.pipeline;

import federa.store.Table;
import federa.store.Tables;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** What a comparison comes to is written anew as a whole each time; the rows of the highest edition count. */
final class Editions {

    private static final String EDITION = "edition";

    private Editions() {}

    /** The edition to write next, from 1. */
    static int next(Tables tables, Table table, String comparison) {
        return highest(tables, table, comparison) + 1;
    }

    /** The rows that count; none if nothing was written yet. */
    static List<Row> last(Tables tables, Table table, String comparison) {
        return tables.rows(table, comparison, Map.of(EDITION, highest(tables, table, comparison)));
    }

    private static int highest(Tables tables, Table table, String comparison) {
        return tables.rows(table, comparison, EDITION).stream()
                .mapToInt(row -> row.<Integer>getAs(EDITION))
                .max()
                .orElse(0);
    }
}
