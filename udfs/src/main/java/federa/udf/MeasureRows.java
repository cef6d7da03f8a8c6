package federa.udf;

import federa.federated.ServerState;
import federa.task.Prediction;
import federa.task.Score;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Scores a model's predictions for rows that have the task's inputs and truths: one score a partition, none of an empty one.
 * Rows are predicted a block at a time, so a partition may be of any size.
 */
public final class MeasureRows implements FlatMapFunction<Iterator<Row>, MeasureRows.Part> {

    private static final long serialVersionUID = 1L;

    private final Broadcast<RunContext> run;
    private final Broadcast<ServerState> state;
    private final Map<String, Integer> columns;
    private final int batchSize;
    private final Broadcast<SerializableConfiguration> hadoop;

    /**
     * Scores a run's model.
     *
     * @param columns where in the rows each of the task's inputs and truths is
     */
    public MeasureRows(
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

    /**
     * What the rows of a partition add up to.
     *
     * @param rows how many there were
     */
    public record Part(Score score, long rows) implements Serializable {}

    @Override
    public Iterator<Part> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return Collections.emptyIterator();
        }
        TaskModel model = new TaskModel(
                run.value(), state.value(), batchSize, hadoop.value().value());
        Score score = run.value().task().score(run.value().labels());
        long count = 0;
        while (rows.hasNext()) {
            List<RowFields> block = Blocks.take(rows).stream()
                    .map(row -> new RowFields(row, columns))
                    .toList();
            List<Prediction> predictions = model.predict(block);
            for (int i = 0; i < block.size(); i++) {
                score.add(block.get(i), predictions.get(i));
            }
            count += block.size();
        }
        return Collections.singleton(new Part(score, count)).iterator();
    }
}
