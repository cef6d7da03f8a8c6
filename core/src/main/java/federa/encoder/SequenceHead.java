package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/**
 * Classifies a text by its first token. Shapes: hidden (B, T, H) -> logits (B, labels). It is trained and aggregated with
 * the adapters.
 */
public abstract sealed class SequenceHead extends BoundBlock permits ClassificationHead, PooledHead {

    private final int labels;

    SequenceHead(int labels) {
        this.labels = labels;
    }

    /** Logits from the first token's hidden state (B, H). */
    abstract NDArray classify(NDArray first, boolean training);

    final NDArray apply(NDArray hidden, boolean training) {
        return classify(hidden.get(new NDIndex(":, 0")), training);
    }

    @Override
    final NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.head(), training);
    }

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), labels)};
    }
}
