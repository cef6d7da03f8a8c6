package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Activation;

/** One post-LayerNorm transformer layer: x = LN(attention(x) + x); x = LN(feedForward(x) + x), with the exact GELU. */
final class EncoderLayer extends BoundBlock {

    private final Attention attention;
    private final SubLayerOutput attentionOutput;
    private final Linear intermediate;
    private final SubLayerOutput output;

    EncoderLayer(Wiring wiring, String name, EncoderConfig config, Attention attention) {
        int hidden = config.hidden();
        int wide = config.feedForward();
        this.attention = addChildBlock("attention", attention);
        attentionOutput = addChildBlock(
                "attention_output", new SubLayerOutput(wiring, name + ".attention.output", hidden, config));
        intermediate = addChildBlock("intermediate", wiring.linear(name + ".intermediate.dense", hidden, wide));
        output = addChildBlock("output", new SubLayerOutput(wiring, name + ".output", wide, config));
    }

    NDArray apply(NDArray hidden, AttentionContext context, boolean training) {
        return apply(hidden, hidden, context, training);
    }

    /** The first token's output alone (B, 1, H): all that the last layer has to compute for a sequence head. */
    NDArray first(NDArray hidden, AttentionContext context, boolean training) {
        return apply(hidden.get(new NDIndex(":, 0:1")), hidden, context.ofFirst(), training);
    }

    private NDArray apply(NDArray queries, NDArray hidden, AttentionContext context, boolean training) {
        NDArray attended =
                attentionOutput.apply(attention.apply(queries, hidden, context, training), queries, training);
        NDArray wide = Activation.gelu(intermediate.apply(attended, training));
        return output.apply(wide, attended, training);
    }

    @Override
    NDArray forward(NDList inputs, boolean training) {
        NDArray mask = inputs.size() > 1 ? inputs.get(1) : null;
        NDArray relative = inputs.size() > 2 ? inputs.get(2) : null;
        NDArray rows = inputs.size() > 3 ? inputs.get(3) : null;
        return apply(inputs.get(0), new AttentionContext(mask, relative, rows), training);
    }
}
