package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** What sits on an encoder: hidden states to scores. It is trained and aggregated with the adapters. */
public abstract sealed class Head extends BoundBlock permits SequenceHead, TokenHead, VocabularyHead {

    /** The scores before any softmax; shapes as the {@link HeadKind} says. */
    abstract NDArray apply(NDArray hidden, boolean training);

    /** The hidden states that the head reads: all of them, unless it says otherwise. */
    NDArray read(Encoder encoder, NDArray ids, boolean training) {
        return encoder.apply(ids, training);
    }

    @Override
    final NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.head(), training);
    }
}
