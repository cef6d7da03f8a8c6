package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/** Classifies a text by its first token. Shapes: hidden (B, T, H) -> logits (B, labels). */
abstract sealed class SequenceHead extends Head permits ClassificationHead, PooledHead {

    private final int labels;

    SequenceHead(int labels) {
        this.labels = labels;
    }

    /** Logits from the first token's hidden state (B, H). */
    abstract NDArray classify(NDArray first, boolean training);

    @Override
    final NDArray read(Encoder encoder, NDArray ids, boolean training) {
        return encoder.first(ids, training);
    }

    @Override
    final NDArray apply(NDArray hidden, boolean training) {
        return classify(hidden.get(new NDIndex(":, 0")), training);
    }

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), labels)};
    }
}
