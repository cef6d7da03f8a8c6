package federa.encoder;

import ai.djl.ndarray.NDArray;
import federa.engine.Precision;
import java.util.Map;

/**
 * The RoBERTa encoder, tensor names as in the Hugging Face checkpoints; XLM-RoBERTa is the same.
 *
 * @see <a href="https://arxiv.org/abs/1907.11692">RoBERTa</a>
 */
public final class Roberta extends Encoder {

    /** What every tensor name of the encoder starts with. */
    public static final String PREFIX = "roberta.";

    private final Embeddings embeddings;
    private final EncoderConfig config;
    private final Precision precision;

    public Roberta(Wiring wiring, EncoderConfig config) {
        super(wiring, config);
        this.config = config;
        precision = wiring.precision();
        embeddings = addChildBlock("embeddings", new Embeddings(wiring, PREFIX + "embeddings", config));
        for (int i = 0; i < config.layers(); i++) {
            String layer = PREFIX + "encoder.layer." + i;
            addLayer(new EncoderLayer(
                    wiring, layer, config, new SelfAttention(wiring, layer + ".attention.self", config)));
        }
    }

    @Override
    NDArray embed(NDArray ids, boolean training) {
        return embeddings.apply(ids, training);
    }

    @Override
    AttentionContext context(NDArray ids, boolean training) {
        return new AttentionContext(AttentionContext.mask(ids, config.padId(), precision), null, null);
    }

    /** The names and shapes of the encoder's tensors, in checkpoint order. */
    static Map<String, long[]> tensorShapes(EncoderConfig config) {
        String embeddings = PREFIX + "embeddings.";
        TensorShapes shapes = new TensorShapes()
                .add(embeddings + "word_embeddings.weight", config.vocabulary(), config.hidden())
                .add(embeddings + "position_embeddings.weight", config.positions(), config.hidden())
                .add(embeddings + "token_type_embeddings.weight", config.tokenTypes(), config.hidden())
                .norm(embeddings + "LayerNorm", config.hidden());
        for (int i = 0; i < config.layers(); i++) {
            shapes.layer(PREFIX + "encoder.layer." + i, config, "query", "key", "value");
        }
        return shapes.byName();
    }
}
