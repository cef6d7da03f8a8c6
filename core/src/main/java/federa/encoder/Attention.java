package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import federa.engine.Kernels;

/**
 * Multi-head self-attention: softmax(scores + mask) v. Shapes: queries (B, Q, H), hidden (B, T, H) -> (B, Q, H), with N
 * heads of size D = H / N. The queries are the hidden states, or some of them. Subclasses differ in the scores.
 */
abstract class Attention extends BoundBlock {

    private final Linear value;
    private final Dropout dropout;
    private final int heads;
    private final int headSize;

    Attention(Wiring wiring, String valueName, EncoderConfig config) {
        heads = config.heads();
        headSize = config.headSize();
        value = addChildBlock("value", wiring.linear(valueName, config.hidden(), config.hidden()));
        dropout = addChildBlock("dropout", wiring.dropout(config.dropout().attention()));
    }

    /** How well queries and keys match, scaled, before the mask (B, N, Q, T). */
    abstract NDArray scores(NDArray queries, NDArray hidden, AttentionContext context, boolean training);

    final NDArray apply(NDArray hidden, AttentionContext context, boolean training) {
        return apply(hidden, hidden, context, training);
    }

    final NDArray apply(NDArray queries, NDArray hidden, AttentionContext context, boolean training) {
        NDArray scores = scores(queries, hidden, context, training);
        NDArray masked = context.mask() == null ? scores : scores.add(context.mask());
        NDArray probabilities = dropout.apply(Kernels.softmax(masked), training);
        return merge(probabilities.matMul(split(value.apply(hidden, training))));
    }

    /** (B, T, H) to (B, N, T, D). */
    final NDArray split(NDArray x) {
        return x.reshape(x.getShape().get(0), x.getShape().get(1), heads, headSize)
                .swapAxes(1, 2);
    }

    /** (B, N, T, D) to (B, T, H). */
    private NDArray merge(NDArray x) {
        return x.swapAxes(1, 2).reshape(x.getShape().get(0), x.getShape().get(2), (long) heads * headSize);
    }

    final int headSize() {
        return headSize;
    }

    @Override
    protected final NDArray forward(NDList inputs, boolean training) {
        NDArray mask = inputs.size() > 1 ? inputs.get(1) : null;
        NDArray relative = inputs.size() > 2 ? inputs.get(2) : null;
        NDArray rows = inputs.size() > 3 ? inputs.get(3) : null;
        return apply(inputs.get(0), new AttentionContext(mask, relative, rows), training);
    }
}
