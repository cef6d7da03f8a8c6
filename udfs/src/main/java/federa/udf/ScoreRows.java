package federa.udf;

import federa.federated.ServerState;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Adds what a model says to rows that have the task's inputs, in the {@link PredictionColumns} of the task. A row with a
 * null among its inputs gets nulls. Rows are scored a block at a time, so a partition may be of any size.
 */
public final class ScoreRows implements MapPartitionsFunction<Row, Row> {

    private static final long serialVersionUID = 1L;

    private final Broadcast<RunContext> run;
    private final Broadcast<ServerState> state;
    private final Map<String, Integer> columns;
    private final int batchSize;
    private final Broadcast<SerializableConfiguration> hadoop;

    /**
     * Scores with a run's model.
     *
     * @param columns where in the rows each of the task's inputs is
     */
    public ScoreRows(
            Broadcast<RunContext> run,
            Broadcast<ServerState> state,
            Map<String, Integer> columns,
            int batchSize,
            Broadcast<SerializableConfiguration> hadoop) {
        this.run = run;
        this.state = state;
        this.columns = Map.copyOf(columns);
        this.batchSize = batchSize;
        this.hadoop = hadoop;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return Collections.emptyIterator();
        }
        TaskModel model = new TaskModel(
                run.value(), state.value(), batchSize, hadoop.value().value());
        PredictionColumns predictions = PredictionColumns.of(run.value().task().predictions());
        return new Blocks(rows, predictions.fields().size(), this::isComplete, complete -> {
            List<RowFields> fields =
                    complete.stream().map(row -> new RowFields(row, columns)).toList();
            return model.predict(fields).stream().map(predictions::values).iterator();
        });
    }

    private boolean isComplete(Row row) {
        return columns.values().stream().noneMatch(row::isNullAt);
    }
}
