package federa.udf;

import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.Scorer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Adds what a model says to rows that have a text: {@code prediction} (the label) and {@code probability} (one per
 * label, in index order). A null text gives nulls. Texts are scored a block at a time, so a partition may be of any
 * size.
 */
public final class ScoreTexts implements MapPartitionsFunction<Row, Row> {

    private static final long serialVersionUID = 1L;

    /** Rows in memory at a time: enough to group by length. */
    private static final int BLOCK = 2048;

    private final Broadcast<RunContext> run;
    private final Broadcast<TensorMap> global;
    private final int textColumn;
    private final int batchSize;
    private final Broadcast<SerializableConfiguration> hadoop;

    public ScoreTexts(
            Broadcast<RunContext> run,
            Broadcast<TensorMap> global,
            int textColumn,
            int batchSize,
            Broadcast<SerializableConfiguration> hadoop) {
        this.run = run;
        this.global = global;
        this.textColumn = textColumn;
        this.batchSize = batchSize;
        this.hadoop = hadoop;
    }

    /** The schema of the rows that come out, given that of those that go in. */
    public static StructType schema(StructType input) {
        return input.add("prediction", DataTypes.StringType)
                .add("probability", DataTypes.createArrayType(DataTypes.DoubleType, false));
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
        return new Scored(rows, shared, new Scorer(model, shared.padId()));
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
            List<String> texts = rows.stream()
                    .filter(row -> !row.isNullAt(textColumn))
                    .map(row -> row.getString(textColumn))
                    .toList();
            Iterator<float[]> probabilities =
                    scorer.probabilities(shared.tokenize(texts), batchSize).iterator();
            return rows.stream()
                    .map(row -> extend(row, row.isNullAt(textColumn) ? null : probabilities.next()))
                    .toList();
        }

        private Row extend(Row row, float[] probabilities) {
            Object[] values = new Object[row.size() + 2];
            for (int i = 0; i < row.size(); i++) {
                values[i] = row.get(i);
            }
            if (probabilities != null) {
                Double[] widened = new Double[probabilities.length];
                int best = 0;
                for (int i = 0; i < probabilities.length; i++) {
                    widened[i] = (double) probabilities[i];
                    best = probabilities[i] > probabilities[best] ? i : best;
                }
                values[row.size()] = run.value().labels().get(best);
                values[row.size() + 1] = widened;
            }
            return RowFactory.create(values);
        }
    }
}
