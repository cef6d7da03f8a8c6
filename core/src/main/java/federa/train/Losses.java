package federa.train;

import ai.djl.ndarray.NDArray;

/** What training minimises. */
public final class Losses {

    private Losses() {}

    /** The mean cross entropy of logits (B, labels) with the true classes (B) int64: a scalar. */
    public static NDArray crossEntropy(NDArray logits, NDArray labels) {
        return logits.logSoftmax(-1).gather(labels.expandDims(1), 1).mean().neg();
    }
}
