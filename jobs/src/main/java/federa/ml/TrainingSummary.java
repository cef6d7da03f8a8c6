package federa.ml;

import federa.store.RunTables;
import federa.store.Table;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a training left in the tables, only what counts, as DataFrames with the columns of the tables. */
public final class TrainingSummary {

    private final RunTables run;

    TrainingSummary(RunTables run) {
        this.run = run;
    }

    /** One row per committed round, the start as round 0. */
    public Dataset<Row> rounds() {
        return run.rows(Table.ROUNDS).orderBy("round");
    }

    /** One row per metric of an evaluated round; none without validation rows. */
    public Dataset<Row> evaluations() {
        return run.rows(Table.EVALUATIONS).orderBy("round", "metric");
    }

    /** One row per client and metric of a round that was evaluated by clients; none without {@code evaluation.validation}. */
    public Dataset<Row> clientEvaluations() {
        return run.rows(Table.CLIENT_EVALUATIONS).orderBy("round", "client_id", "metric");
    }

    /** One row per sampled client and round. */
    public Dataset<Row> clientUpdates() {
        return run.rows(Table.CLIENT_UPDATES).orderBy("round", "client_id");
    }
}
