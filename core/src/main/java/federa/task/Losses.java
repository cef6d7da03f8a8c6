package federa.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import java.util.Arrays;

/** What training minimises. */
public final class Losses {

    private Losses() {}

    /** The mean cross entropy of logits (N, classes) with the true classes (N) int64: a scalar. */
    public static NDArray crossEntropy(NDArray logits, NDArray classes) {
        return logLikelihoods(logits, classes).mean().neg();
    }

    /** The log probabilities (N, 1) that logits (N, classes) give to the true classes (N) int64. */
    static NDArray logLikelihoods(NDArray logits, NDArray classes) {
        return logits.logSoftmax(-1).gather(classes.expandDims(1), 1);
    }

    /** Some rows of hidden states (B, T, H), by their places in (B x T): (N, H). */
    static NDArray rows(NDArray hidden, int[] places) {
        NDArray flat = hidden.reshape(new Shape(-1, hidden.getShape().get(2)));
        return Embedding.embedding(int64(hidden.getManager(), places), flat, SparseFormat.DENSE)
                .singletonOrThrow();
    }

    /** Takes (B, T, K) apart into the (length x K) numbers of each example, without its padding. */
    static float[][] perExample(NDArray scores, Batch batch) {
        int width = Math.toIntExact(scores.getShape().get(2));
        int row = batch.longest() * width;
        float[] flat = scores.toFloatArray();
        float[][] result = new float[batch.size()][];
        for (int i = 0; i < result.length; i++) {
            int length = batch.examples().get(i).length() * width;
            result[i] = Arrays.copyOfRange(flat, i * row, i * row + length);
        }
        return result;
    }

    static NDArray int64(NDManager manager, int[] values) {
        return manager.create(Arrays.stream(values).asLongStream().toArray());
    }
}
