package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The RoBERTa encoder, tensor names as in the Hugging Face checkpoints. Shapes: ids (B, T) int64 -> (B, T, H).
 *
 * @see <a href="https://arxiv.org/abs/1907.11692">RoBERTa</a>
 */
public final class Roberta extends BoundBlock {

    /** What every tensor name of the encoder starts with. */
    public static final String PREFIX = "roberta.";

    private final Embeddings embeddings;
    private final List<EncoderLayer> layers = new ArrayList<>();
    private final EncoderConfig config;

    public Roberta(Wiring wiring, EncoderConfig config) {
        this.config = config;
        embeddings = addChildBlock("embeddings", new Embeddings(wiring, PREFIX + "embeddings", config));
        for (int i = 0; i < config.layers(); i++) {
            layers.add(addChildBlock("layer", new EncoderLayer(wiring, PREFIX + "encoder.layer." + i, config)));
        }
    }

    /** The hidden states of every layer, the embeddings first: layers + 1 arrays of shape (B, T, H). */
    public List<NDArray> hiddenStates(NDArray ids, boolean training) {
        NDArray mask = attentionMask(ids);
        List<NDArray> states = new ArrayList<>();
        states.add(embeddings.apply(ids, training));
        for (EncoderLayer layer : layers) {
            states.add(layer.apply(states.get(states.size() - 1), mask, training));
        }
        return states;
    }

    /** The hidden states of the last layer. */
    public NDArray apply(NDArray ids, boolean training) {
        NDArray mask = attentionMask(ids);
        NDArray hidden = embeddings.apply(ids, training);
        for (EncoderLayer layer : layers) {
            hidden = layer.apply(hidden, mask, training);
        }
        return hidden;
    }

    /** What to add to the scores, (B, 1, 1, T): 0 at real keys, the most negative float at padding; null if none. */
    private NDArray attentionMask(NDArray ids) {
        NDArray padding = ids.eq(config.padId());
        if (padding.any().getBoolean()) {
            return padding.toType(DataType.FLOAT32, false)
                    .mul(-Float.MAX_VALUE)
                    .expandDims(1)
                    .expandDims(1);
        }
        return null;
    }

    @Override
    NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.head(), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0].add(config.hidden())};
    }

    /** The names and shapes of the encoder's tensors, in checkpoint order. */
    public static Map<String, long[]> tensorShapes(EncoderConfig config) {
        long hidden = config.hidden();
        long wide = config.feedForward();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(PREFIX + "embeddings.word_embeddings.weight", new long[] {config.vocabulary(), hidden});
        shapes.put(PREFIX + "embeddings.position_embeddings.weight", new long[] {config.positions(), hidden});
        shapes.put(PREFIX + "embeddings.token_type_embeddings.weight", new long[] {config.tokenTypes(), hidden});
        norm(shapes, PREFIX + "embeddings.LayerNorm", hidden);
        for (int i = 0; i < config.layers(); i++) {
            String layer = PREFIX + "encoder.layer." + i;
            linear(shapes, layer + ".attention.self.query", hidden, hidden);
            linear(shapes, layer + ".attention.self.key", hidden, hidden);
            linear(shapes, layer + ".attention.self.value", hidden, hidden);
            linear(shapes, layer + ".attention.output.dense", hidden, hidden);
            norm(shapes, layer + ".attention.output.LayerNorm", hidden);
            linear(shapes, layer + ".intermediate.dense", hidden, wide);
            linear(shapes, layer + ".output.dense", wide, hidden);
            norm(shapes, layer + ".output.LayerNorm", hidden);
        }
        return shapes;
    }

    /** The linear layers of the encoder by name, each with the shape (out, in) of its weight. */
    public static Map<String, long[]> linearLayers(EncoderConfig config) {
        Map<String, long[]> layers = new LinkedHashMap<>();
        tensorShapes(config).forEach((name, shape) -> {
            if (name.startsWith(PREFIX + "encoder.layer.") && shape.length == 2) {
                layers.put(name.substring(0, name.length() - ".weight".length()), shape);
            }
        });
        return layers;
    }

    private static void linear(Map<String, long[]> shapes, String name, long in, long out) {
        shapes.put(name + ".weight", new long[] {out, in});
        shapes.put(name + ".bias", new long[] {out});
    }

    private static void norm(Map<String, long[]> shapes, String name, long hidden) {
        shapes.put(name + ".weight", new long[] {hidden});
        shapes.put(name + ".bias", new long[] {hidden});
    }
}
