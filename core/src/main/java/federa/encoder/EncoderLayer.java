package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import federa.engine.Precision;

/**
 * One post-LayerNorm transformer layer: x = LN(attention(x) + x); x = LN(feedForward(x) + x). Input, sums and output are
 * float32; attention and feed-forward compute in the wiring's precision.
 */
final class EncoderLayer extends BoundBlock {

    private final Precision precision;
    private final HiddenActivation activation;
    private final Attention attention;
    private final SubLayerOutput attentionOutput;
    private final Linear intermediate;
    private final SubLayerOutput output;

    EncoderLayer(Wiring wiring, String name, EncoderConfig config, Attention attention) {
        int hidden = config.hidden();
        int wide = config.feedForward();
        precision = wiring.precision();
        activation = config.activation();
        this.attention = addChildBlock("attention", attention);
        attentionOutput = addChildBlock(
                "attention_output", new SubLayerOutput(wiring, name + ".attention.output", hidden, config));
        intermediate = addChildBlock("intermediate", wiring.linear(name + ".intermediate.dense", hidden, wide));
        output = addChildBlock("output", new SubLayerOutput(wiring, name + ".output", wide, config));
    }

    /** Whether any of its tensors does. */
    boolean trains() {
        return getParameters().values().stream()
                .anyMatch(parameter -> parameter.getArray().hasGradient());
    }

    NDArray apply(NDArray hidden, AttentionContext context, boolean training) {
        return finish(hidden, attention.apply(precision.of(hidden), context, training), training);
    }

    /** The first token's output alone (B, 1, H): all that the last layer has to compute for a sequence head. */
    NDArray first(NDArray hidden, AttentionContext context, boolean training) {
        NDIndex first = new NDIndex(":, 0:1");
        NDArray input = precision.of(hidden);
        return finish(hidden.get(first), attention.apply(input.get(first), input, context, training), training);
    }

    private NDArray finish(NDArray residual, NDArray attention, boolean training) {
        NDArray attended = attentionOutput.apply(attention, residual, training);
        NDArray wide = activation.apply(intermediate.apply(precision.of(attended), training));
        return output.apply(wide, attended, training);
    }

    @Override
    protected NDArray forward(NDList inputs, boolean training) {
        NDArray mask = inputs.size() > 1 ? inputs.get(1) : null;
        NDArray relative = inputs.size() > 2 ? inputs.get(2) : null;
        NDArray rows = inputs.size() > 3 ? inputs.get(3) : null;
        return apply(inputs.get(0), new AttentionContext(mask, relative, rows), training);
    }
}
