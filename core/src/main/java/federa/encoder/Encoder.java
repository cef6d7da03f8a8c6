package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/** Texts to hidden states: an {@link EncoderInput} of B texts of at most T tokens -> (B, T, H). */
public abstract class Encoder extends BoundBlock {

    private final EncoderConfig config;
    private final LayerPass pass;
    private final List<EncoderLayer> layers = new ArrayList<>();

    protected Encoder(Wiring wiring, EncoderConfig config) {
        this.config = config;
        pass = wiring.pass();
    }

    /** Adds a layer on top of those there are. */
    protected final void addLayer(EncoderLayer layer) {
        layers.add(addChildBlock("layer", layer));
    }

    /** The input of the first layer (B, T, H). */
    protected abstract NDArray embed(EncoderInput input, boolean training);

    /** What the attention of every layer needs besides the hidden states; made once for a pass. */
    protected abstract AttentionContext context(EncoderInput input, boolean training);

    /** The hidden states of the last layer. */
    public final NDArray apply(EncoderInput input, boolean training) {
        AttentionContext context = pass.begin(context(input, training), training);
        NDArray hidden = embed(input, training);
        for (EncoderLayer layer : layers) {
            hidden = pass.through(hidden, layer, below -> layer.apply(below, context, training), training);
        }
        return hidden;
    }

    /** The first token's hidden state of the last layer (B, 1, H), which spares that layer the other tokens' share. */
    public final NDArray first(EncoderInput input, boolean training) {
        AttentionContext context = pass.begin(context(input, training), training);
        NDArray hidden = embed(input, training);
        EncoderLayer last = layers.get(layers.size() - 1);
        for (EncoderLayer layer : layers.subList(0, layers.size() - 1)) {
            hidden = pass.through(hidden, layer, below -> layer.apply(below, context, training), training);
        }
        return pass.through(hidden, last, below -> last.first(below, context, training), training);
    }

    /** Computes the gradient of a loss, a scalar made from the last pass, and adds it to those of all that trains. */
    final void backward(NDArray loss) {
        pass.backward(loss);
    }

    /** The hidden states of every layer, the embeddings first: layers + 1 arrays of shape (B, T, H). */
    public final List<NDArray> hiddenStates(EncoderInput input, boolean training) {
        AttentionContext context = context(input, training);
        List<NDArray> states = new ArrayList<>();
        states.add(embed(input, training));
        for (EncoderLayer layer : layers) {
            states.add(layer.apply(states.get(states.size() - 1), context, training));
        }
        return states;
    }

    @Override
    protected final NDArray forward(NDList inputs, boolean training) {
        return apply(EncoderInput.of(inputs), training);
    }

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0].add(config.hidden())};
    }
}
