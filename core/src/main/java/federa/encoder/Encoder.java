package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Texts to hidden states. Shapes: ids (B, T) int64, padded with the padding id -> (B, T, H). */
public abstract sealed class Encoder extends BoundBlock permits Roberta, Deberta {

    private final EncoderConfig config;
    private final List<EncoderLayer> layers = new ArrayList<>();

    Encoder(EncoderConfig config) {
        this.config = config;
    }

    final void addLayer(EncoderLayer layer) {
        layers.add(addChildBlock("layer", layer));
    }

    /** The input of the first layer (B, T, H). */
    abstract NDArray embed(NDArray ids, boolean training);

    /** What the attention of every layer needs besides the hidden states; made once for a pass. */
    abstract AttentionContext context(NDArray ids, boolean training);

    /** The hidden states of the last layer. */
    public final NDArray apply(NDArray ids, boolean training) {
        AttentionContext context = context(ids, training);
        NDArray hidden = embed(ids, training);
        for (EncoderLayer layer : layers) {
            hidden = through(hidden, input -> layer.apply(input, context, training));
        }
        return hidden;
    }

    /** The first token's hidden state of the last layer (B, 1, H), which spares that layer the other tokens' share. */
    public final NDArray first(NDArray ids, boolean training) {
        AttentionContext context = context(ids, training);
        NDArray hidden = embed(ids, training);
        for (EncoderLayer layer : layers.subList(0, layers.size() - 1)) {
            hidden = through(hidden, input -> layer.apply(input, context, training));
        }
        return through(hidden, input -> layers.get(layers.size() - 1).first(input, context, training));
    }

    /**
     * Runs a layer and gives up its input and all it made but its output: what a backward pass needs of them PyTorch
     * keeps anyway, and the memory of the others is warm for the next layer.
     */
    private static NDArray through(NDArray input, UnaryOperator<NDArray> layer) {
        NDManager outer = input.getManager();
        try (NDManager scope = outer.newSubManager()) {
            input.attach(scope);
            NDArray output = layer.apply(input);
            output.attach(outer);
            return output;
        }
    }

    /** The hidden states of every layer, the embeddings first: layers + 1 arrays of shape (B, T, H). */
    public final List<NDArray> hiddenStates(NDArray ids, boolean training) {
        AttentionContext context = context(ids, training);
        List<NDArray> states = new ArrayList<>();
        states.add(embed(ids, training));
        for (EncoderLayer layer : layers) {
            states.add(layer.apply(states.get(states.size() - 1), context, training));
        }
        return states;
    }

    @Override
    final NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.head(), training);
    }

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0].add(config.hidden())};
    }
}
