package federa.udf;

import federa.task.Prediction;
import federa.task.Windows;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.Scorer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Adds what a model says to rows that have the task's inputs, in the {@link PredictionColumns} of the task. A row with a
 * null among its inputs gets nulls. Rows are scored a block at a time, so a partition may be of any size.
 */
public final class ScoreRows implements MapPartitionsFunction<Row, Row> {

    private static final long serialVersionUID = 1L;

    /** Rows in memory at a time: enough to group by length. */
    private static final int BLOCK = 2048;

    private final Broadcast<RunContext> run;
    private final Broadcast<TensorMap> global;
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
            Broadcast<TensorMap> global,
            Map<String, Integer> columns,
            int batchSize,
            Broadcast<SerializableConfiguration> hadoop) {
        this.run = run;
        this.global = global;
        this.columns = Map.copyOf(columns);
        this.batchSize = batchSize;
        this.hadoop = hadoop;
    }

    /** The schema of the rows that come out, given that of those that go in. */
    public static StructType schema(StructType input, PredictionColumns predictions) {
        StructType schema = input;
        for (var field : predictions.fields()) {
            schema = schema.add(field);
        }
        return schema;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return Collections.emptyIterator();
        }
        RunModel shared = RunModel.open(run.value(), hadoop.value().value());
        closeAtEnd(shared);
        ClientModel model = shared.bind(global.value(), 0);
        closeAtEnd(model); // listeners run in reverse: the model goes before what it shares
        return new Scored(rows, shared, new Scorer(model, run.value().task(), shared.padId()));
    }

    private static void closeAtEnd(RunModel shared) {
        TaskCompletionListener close = context -> shared.close();
        TaskContext.get().addTaskCompletionListener(close);
    }

    private static void closeAtEnd(ClientModel model) {
        TaskCompletionListener close = context -> model.close();
        TaskContext.get().addTaskCompletionListener(close);
    }

    private final class Scored implements Iterator<Row> {

        private final Iterator<Row> input;
        private final RunModel shared;
        private final Scorer scorer;
        private final PredictionColumns predictions =
                PredictionColumns.of(run.value().task());
        private Iterator<Row> block = Collections.emptyIterator();

        Scored(Iterator<Row> input, RunModel shared, Scorer scorer) {
            this.input = input;
            this.shared = shared;
            this.scorer = scorer;
        }

        @Override
        public boolean hasNext() {
            return block.hasNext() || input.hasNext();
        }

        @Override
        public Row next() {
            if (!block.hasNext()) {
                block = score(take()).iterator();
            }
            return block.next();
        }

        private List<Row> take() {
            List<Row> rows = new ArrayList<>(BLOCK);
            while (rows.size() < BLOCK && input.hasNext()) {
                rows.add(input.next());
            }
            return rows;
        }

        private List<Row> score(List<Row> rows) {
            List<RowFields> complete = rows.stream()
                    .filter(this::isComplete)
                    .map(row -> new RowFields(row, columns))
                    .toList();
            List<Windows> windows = run.value().task().windows(complete, shared.reader());
            Iterator<Prediction> next = scorer.predict(windows, batchSize).iterator();
            return rows.stream()
                    .map(row -> extend(row, isComplete(row) ? next.next() : null))
                    .toList();
        }

        private boolean isComplete(Row row) {
            return columns.values().stream().noneMatch(row::isNullAt);
        }

        private Row extend(Row row, Prediction prediction) {
            Object[] values = new Object[row.size() + predictions.fields().size()];
            for (int i = 0; i < row.size(); i++) {
                values[i] = row.get(i);
            }
            if (prediction != null) {
                Object[] added = predictions.values(prediction);
                System.arraycopy(added, 0, values, row.size(), added.length);
            }
            return RowFactory.create(values);
        }
    }
}
