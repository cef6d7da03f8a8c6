package federa.encoder;

import ai.djl.ndarray.NDArray;
import federa.engine.Torch;

/** RoBERTa's attention: scores q k^T / sqrt(D). */
final class SelfAttention extends Attention {

    private final Linear query;
    private final Linear key;

    SelfAttention(Wiring wiring, String name, EncoderConfig config) {
        super(wiring, name + ".value", config);
        query = addChildBlock("query", wiring.linear(name + ".query", config.hidden(), config.hidden()));
        key = addChildBlock("key", wiring.linear(name + ".key", config.hidden(), config.hidden()));
    }

    @Override
    NDArray scores(NDArray queries, NDArray hidden, AttentionContext context, boolean training) {
        NDArray q = split(Torch.scale(query.apply(queries, training), 1 / Math.sqrt(headSize())));
        NDArray k = split(key.apply(hidden, training));
        return q.matMul(k.swapAxes(2, 3));
    }
}
