package federa.udf;

import federa.federated.ServerState;
import federa.task.Prediction;
import federa.task.Score;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Scores a model's predictions for rows that have the task's inputs and truths: one score a partition, none of an empty one,
 * and beside it the metrics of each client whose rows these are. Rows are predicted once, a block at a time, so a partition
 * may be of any size.
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
     * @param columns where in the rows each of the task's inputs and truths is, and {@link HeldOutRows#CLIENT} if each client
     *     is to be measured; its rows are then all in one partition
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
     * @param clients whose rows these are, in ascending order; none if nobody asked for them
     */
    public record Part(Score score, long rows, List<OfClient> clients) implements Serializable {}

    /**
     * The metrics of a client's own rows.
     *
     * @param rows how many there were
     */
    public record OfClient(int client, Map<String, Double> metrics, long rows) implements Serializable {}

    @Override
    public Iterator<Part> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return Collections.emptyIterator();
        }
        TaskModel model = new TaskModel(
                run.value(), state.value(), batchSize, hadoop.value().value());
        Integer client = columns.get(HeldOutRows.CLIENT);
        Counted all = new Counted(run.value());
        SortedMap<Integer, Counted> clients = new TreeMap<>();
        while (rows.hasNext()) {
            List<Row> block = Blocks.take(rows);
            List<RowFields> fields =
                    block.stream().map(row -> new RowFields(row, columns)).toList();
            List<Prediction> predictions = model.predict(fields);
            for (int i = 0; i < block.size(); i++) {
                all.add(fields.get(i), predictions.get(i));
                if (client != null) {
                    clients.computeIfAbsent(block.get(i).getInt(client), c -> new Counted(run.value()))
                            .add(fields.get(i), predictions.get(i));
                }
            }
        }
        List<OfClient> ofClients = new ArrayList<>();
        clients.forEach((id, its) -> ofClients.add(new OfClient(id, its.score.metrics(), its.rows)));
        return Collections.singleton(new Part(all.score, all.rows, ofClients)).iterator();
    }

    /** A score, and the rows that it has counted. */
    private static final class Counted {

        private final Score score;
        private long rows;

        Counted(RunContext run) {
            score = run.task().score(run.labels());
        }

        void add(RowFields truth, Prediction prediction) {
            score.add(truth, prediction);
            rows++;
        }
    }
}
