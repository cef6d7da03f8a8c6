package federa.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.encoder.HeadKind;
import federa.encoder.HeadedEncoder;
import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The class of a text, from its first token. A text that is too long loses its end. */
public record TextClassification() implements ClassTask {

    private static final String TEXT = "text";
    static final String LABEL = "label";

    @Override
    public String name() {
        return "classification";
    }

    @Override
    public String metric() {
        return "accuracy";
    }

    @Override
    public List<String> inputs() {
        return List.of(TEXT);
    }

    @Override
    public List<String> truths() {
        return List.of(LABEL);
    }

    @Override
    public HeadKind head() {
        return HeadKind.SEQUENCE;
    }

    @Override
    public List<String> labels(List<String> ofData) {
        return ofData;
    }

    @Override
    public void requireFits(int maxTokens, int special) {
        // Any length does.
    }

    @Override
    public List<Example> examples(List<? extends Fields> rows, Reader reader) {
        List<int[]> ids = encode(rows, reader);
        List<Example> examples = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            String label = rows.get(i).text(LABEL);
            int target = reader.labels().indexOf(label);
            if (target < 0) {
                throw new InvalidInputException("example %s has the label '%s', which is not one of the run's %d labels"
                        .formatted(
                                rows.get(i).text("id"), label, reader.labels().size()));
            }
            examples.add(new Example(ids.get(i), target));
        }
        return examples;
    }

    private static List<int[]> encode(List<? extends Fields> rows, Reader reader) {
        return reader.tokenizer()
                .encode(rows.stream().map(row -> row.text(TEXT)).toList(), reader.maxTokens());
    }

    @Override
    public NDArray loss(HeadedEncoder model, Batch batch, NDManager scope) {
        return Losses.crossEntropy(model.logits(batch.input(scope), true), batch.targets(scope, 0));
    }

    @Override
    public NDArray classified(NDArray computed, Batch batch) {
        return computed;
    }

    @Override
    public boolean oneClassIsNearlyAll() {
        return false;
    }

    @Override
    public List<Windows> windows(List<? extends Fields> rows, Reader reader) {
        List<Windows> windows = new ArrayList<>(rows.size());
        encode(rows, reader).forEach(ids -> windows.add(new Whole(new Example(ids), reader.labels())));
        return windows;
    }

    /** The probabilities of all classes. */
    @Override
    public float[][] outputs(HeadedEncoder model, Batch batch, NDManager scope) {
        NDArray probabilities = model.logits(batch.input(scope), false).softmax(-1);
        int labels = Math.toIntExact(probabilities.getShape().get(1));
        float[] flat = probabilities.toFloatArray();
        float[][] rows = new float[batch.size()][];
        Arrays.setAll(rows, row -> Arrays.copyOfRange(flat, row * labels, (row + 1) * labels));
        return rows;
    }

    /** {@code prediction}, the label, and {@code probability}, one for each label in index order. */
    @Override
    public List<Column> predictions() {
        return List.of(
                new Column("prediction", ValueType.Single.TEXT),
                new Column("probability", ValueType.listOf(ValueType.Single.DECIMAL)));
    }

    @Override
    public List<String> probabilitiesOf(List<String> labels) {
        return labels;
    }

    @Override
    public Score score(List<String> labels) {
        return new ClassScore(labels);
    }

    private record Whole(Example example, List<String> labels) implements Windows {

        @Override
        public List<Example> examples() {
            return List.of(example);
        }

        @Override
        public Prediction predict(List<float[]> outputs) {
            float[] probabilities = outputs.get(0);
            int best = 0;
            for (int i = 0; i < probabilities.length; i++) {
                best = probabilities[i] > probabilities[best] ? i : best;
            }
            return new Prediction.Label(labels.get(best), probabilities);
        }
    }
}
