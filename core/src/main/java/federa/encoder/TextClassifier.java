package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;

/** An encoder with a sequence head: ids (B, T) int64, padded with the padding id -> logits (B, labels). */
public final class TextClassifier extends BoundBlock {

    private final Encoder encoder;
    private final SequenceHead head;

    public TextClassifier(Wiring wiring, EncoderConfig config, int labels) {
        encoder = addChildBlock("encoder", config.architecture().encoder(wiring, config));
        head = addChildBlock("head", config.architecture().head(wiring, config, labels));
    }

    /** The class scores before the softmax. */
    public NDArray logits(NDArray ids, boolean training) {
        return head.apply(encoder.apply(ids, training), training);
    }

    @Override
    NDArray forward(NDList inputs, boolean training) {
        return logits(inputs.head(), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return head.getOutputShapes(encoder.getOutputShapes(inputShapes));
    }
}
