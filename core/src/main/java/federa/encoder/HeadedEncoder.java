package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;

/**
 * An encoder with a head: an {@link EncoderInput} -> scores in the shape of the head's kind. As a block of DJL it takes ids
 * (B, T) int64 and, where there are any, the lengths of the texts (B) int64 and token types (B, T) int64.
 */
public final class HeadedEncoder extends BoundBlock {

    private final Encoder encoder;
    private final Head head;

    /**
     * Binds both to the wiring's tensors.
     *
     * @param outputs classes of the head, where its kind does not say how many there are
     */
    public HeadedEncoder(Wiring wiring, EncoderConfig config, HeadKind kind, int outputs) {
        encoder = addChildBlock("encoder", config.family().encoder(wiring, config));
        head = addChildBlock("head", config.family().head(kind).head(wiring, config, outputs));
    }

    /** The encoder's last hidden states (B, T, H). */
    public NDArray hidden(EncoderInput input, boolean training) {
        return encoder.apply(input, training);
    }

    /** The head's scores, before any softmax, of hidden states: all of them, or of the tokens that matter. */
    public NDArray scores(NDArray hidden, boolean training) {
        return head.apply(hidden, training);
    }

    /** The hidden states that the head reads. */
    public NDArray read(EncoderInput input, boolean training) {
        return head.read(encoder, input, training);
    }

    /** What the head's last linear layer sees of hidden states from {@link #read}: (B, H) or (B, T, H), as the head's kind says. */
    public NDArray features(NDArray hidden) {
        return head.features(hidden);
    }

    /** The head's scores of all hidden states that it reads. */
    public NDArray logits(EncoderInput input, boolean training) {
        return scores(read(input, training), training);
    }

    /** Computes the gradient of a loss, a scalar made from the last pass, and adds it to those of all that trains. */
    public void backward(NDArray loss) {
        encoder.backward(loss);
    }

    @Override
    protected NDArray forward(NDList inputs, boolean training) {
        return logits(EncoderInput.of(inputs), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return head.getOutputShapes(encoder.getOutputShapes(inputShapes));
    }
}
