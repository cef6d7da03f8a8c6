package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import federa.engine.Torch;

/**
 * Multi-head self-attention: softmax(q k^T / sqrt(D) + mask) v.
 *
 * <p>Shapes: hidden (B, T, H), mask (B, 1, 1, T) added to the scores, or absent when nothing is padded -> (B, T, H),
 * with N heads of size D = H / N.
 */
final class SelfAttention extends BoundBlock {

    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Dropout dropout;
    private final int heads;
    private final int headSize;

    SelfAttention(Wiring wiring, String name, EncoderConfig config) {
        heads = config.heads();
        headSize = config.headSize();
        query = addChildBlock("query", wiring.linear(name + ".query", config.hidden(), config.hidden()));
        key = addChildBlock("key", wiring.linear(name + ".key", config.hidden(), config.hidden()));
        value = addChildBlock("value", wiring.linear(name + ".value", config.hidden(), config.hidden()));
        dropout = addChildBlock("dropout", wiring.dropout(config.attentionDropout()));
    }

    NDArray apply(NDArray hidden, NDArray mask, boolean training) {
        NDArray q = split(Torch.scale(query.apply(hidden, training), 1 / Math.sqrt(headSize)));
        NDArray k = split(key.apply(hidden, training));
        NDArray v = split(value.apply(hidden, training));
        NDArray scores = q.matMul(k.swapAxes(2, 3)); // (B, N, T, T)
        if (mask != null) {
            scores = scores.add(mask);
        }
        NDArray probabilities = dropout.apply(scores.softmax(-1), training);
        return merge(probabilities.matMul(v));
    }

    /** (B, T, H) to (B, N, T, D). */
    private NDArray split(NDArray x) {
        return x.reshape(x.getShape().get(0), x.getShape().get(1), heads, headSize)
                .swapAxes(1, 2);
    }

    /** (B, N, T, D) to (B, T, H). */
    private NDArray merge(NDArray x) {
        return x.swapAxes(1, 2).reshape(x.getShape().get(0), x.getShape().get(2), (long) heads * headSize);
    }

    @Override
    NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.get(0), inputs.size() > 1 ? inputs.get(1) : null, training);
    }
}
