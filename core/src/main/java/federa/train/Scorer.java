package federa.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.engine.GradMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Scores texts with a model, in batches of similar lengths. Used by one thread. */
public final class Scorer {

    private final ClientModel model;
    private final int padId;

    public Scorer(ClientModel model, int padId) {
        this.model = model;
        this.padId = padId;
    }

    /** The probability of every class for every text, in the order given. The examples' labels are not looked at. */
    public List<float[]> probabilities(List<Example> examples, int batchSize) {
        List<Integer> byLength =
                new ArrayList<>(IntStream.range(0, examples.size()).boxed().toList());
        byLength.sort(Comparator.comparingInt(i -> examples.get(i).length()));
        List<Example> sorted = byLength.stream().map(examples::get).toList();
        float[][] result = new float[examples.size()][];
        int next = 0;
        try (GradMode off = GradMode.off()) {
            for (Batch batch : Batch.inOrder(sorted, batchSize)) {
                for (float[] row : score(batch)) {
                    result[byLength.get(next++)] = row;
                }
            }
        }
        return List.of(result);
    }

    private float[][] score(Batch batch) {
        try (NDManager scope = model.newScope()) {
            NDArray probabilities =
                    model.classifier().logits(batch.ids(scope, padId), false).softmax(-1);
            int labels = Math.toIntExact(probabilities.getShape().get(1));
            float[] flat = probabilities.toFloatArray();
            float[][] rows = new float[batch.size()][];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = java.util.Arrays.copyOfRange(flat, row * labels, (row + 1) * labels);
            }
            return rows;
        }
    }
}
