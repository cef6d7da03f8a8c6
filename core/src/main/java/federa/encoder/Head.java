package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** What sits on an encoder: hidden states to scores. It is trained and aggregated with the adapters. */
public abstract class Head extends BoundBlock {

    /** The scores before any softmax; shapes as the {@link HeadKind} says. */
    protected abstract NDArray apply(NDArray hidden, boolean training);

    /**
     * What the last linear layer sees of hidden states, without dropout.
     *
     * @throws UnsupportedOperationException if the head has no such layer of its own
     */
    protected abstract NDArray features(NDArray hidden);

    /** The hidden states that the head reads: all of them, unless it says otherwise. */
    protected NDArray read(Encoder encoder, EncoderInput input, boolean training) {
        return encoder.apply(input, training);
    }

    @Override
    protected final NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.head(), training);
    }
}
