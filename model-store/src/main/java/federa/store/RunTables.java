package federa.store;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** One run's rows as tables, for those who go on with SQL: only rows that count, see {@link Table}. */
public final class RunTables {

    /** The copy's place in its own sequence of appends, which has no other. */
    private static final long ONCE = 1;

    private final Tables tables;
    private final String runId;

    public RunTables(Tables tables, String runId) {
        this.tables = tables;
        this.runId = runId;
    }

    /** The run's rows of a table; none if nobody has written the table yet. */
    public Dataset<Row> rows(Table table) {
        Dataset<Row> rows = tables.read(table)
                .orElseGet(() -> tables.spark().createDataFrame(List.of(), table.schema()))
                .where(col("run_id").equalTo(runId));
        return table == Table.RUNS || table == Table.ROUNDS ? rows : rows.join(attempts(), key(), "left_semi");
    }

    private Dataset<Row> attempts() {
        return rows(Table.ROUNDS).select("run_id", "round", "attempt");
    }

    private static String[] key() {
        return new String[] {"run_id", "round", "attempt"};
    }

    /**
     * Copies the run to another warehouse, the rows of {@code rounds} last; of its adapters those of the first round, on which
     * all models of the run stand, and of the given ones. A copy that was cut off can be made again.
     */
    public void copyTo(Tables target, Set<Integer> withAdapters) {
        Column ends = col("round").equalTo(0).or(col("round").isInCollection(withAdapters));
        copy(target, Table.RUNS, rows(Table.RUNS));
        copy(target, Table.CLIENT_UPDATES, rows(Table.CLIENT_UPDATES));
        copy(target, Table.EVALUATIONS, rows(Table.EVALUATIONS));
        copy(target, Table.CLIENT_EVALUATIONS, rows(Table.CLIENT_EVALUATIONS));
        copy(target, Table.ADAPTERS, rows(Table.ADAPTERS).where(ends));
        copy(target, Table.ROUNDS, rows(Table.ROUNDS));
    }

    private void copy(Tables target, Table table, Dataset<Row> rows) {
        target.append(table, rows.coalesce(1), runId + "/copy", ONCE);
    }
}
