package federa.encoder;

import ai.djl.ndarray.NDArray;
import federa.engine.Precision;

/**
 * BERT's encoder and RoBERTa's: positions from a table of their own, added to the words. The two differ in their
 * embeddings.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">BERT</a>
 * @see <a href="https://arxiv.org/abs/1907.11692">RoBERTa</a>
 */
final class AbsoluteEncoder extends Encoder {

    private final Embeddings embeddings;
    private final Precision precision;

    AbsoluteEncoder(Wiring wiring, EncoderConfig config, Embeddings.Kind kind) {
        super(wiring, config);
        String prefix = config.family().prefix();
        precision = wiring.precision();
        embeddings = addChildBlock("embeddings", new Embeddings(wiring, prefix + "embeddings", config, kind));
        for (int i = 0; i < config.layers(); i++) {
            String layer = prefix + "encoder.layer." + i;
            addLayer(new EncoderLayer(
                    wiring, layer, config, new SelfAttention(wiring, layer + ".attention.self", config)));
        }
    }

    @Override
    protected NDArray embed(EncoderInput input, boolean training) {
        return embeddings.apply(input, training);
    }

    @Override
    protected AttentionContext context(EncoderInput input, boolean training) {
        return AttentionContext.of(input.mask(precision));
    }

    /** The names and shapes of the tensors, in checkpoint order. */
    static TensorShapes tensorShapes(EncoderConfig config) {
        String prefix = config.family().prefix();
        String embeddings = prefix + "embeddings.";
        TensorShapes shapes = new TensorShapes()
                .add(embeddings + "word_embeddings.weight", config.vocabulary(), config.hidden())
                .add(embeddings + "position_embeddings.weight", config.positions(), config.hidden())
                .add(embeddings + "token_type_embeddings.weight", config.tokenTypes(), config.hidden())
                .norm(embeddings + "LayerNorm", config.hidden());
        for (int i = 0; i < config.layers(); i++) {
            shapes.layer(prefix + "encoder.layer." + i, config, "query", "key", "value");
        }
        return shapes;
    }
}
