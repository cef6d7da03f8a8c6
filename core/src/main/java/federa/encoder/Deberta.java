package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import federa.engine.Precision;
import java.util.Arrays;
import java.util.Map;

/**
 * The DeBERTaV3 encoder, tensor names as in the Hugging Face checkpoints: no absolute positions and no token types; the
 * embeddings are masked after their LayerNorm; one table of relative positions, with a LayerNorm of its own, serves all
 * layers.
 *
 * @see <a href="https://arxiv.org/abs/2111.09543">DeBERTaV3</a>
 */
final class Deberta extends Encoder {

    private final NDArray words;
    private final LayerNorm norm;
    private final Dropout dropout;
    private final NDArray positions;
    private final LayerNorm positionNorm;
    private final EncoderConfig config;
    private final Precision precision;

    Deberta(Wiring wiring, EncoderConfig config) {
        super(wiring, config);
        this.config = config;
        precision = wiring.precision();
        int hidden = config.hidden();
        String wordTable = DebertaFamily.PREFIX + "embeddings.word_embeddings.weight";
        String positionTable = DebertaFamily.PREFIX + "encoder.rel_embeddings.weight";
        words = bind(wordTable, Parameter.Type.WEIGHT, wiring.array(wordTable, config.vocabulary(), hidden));
        norm = addChildBlock(
                "LayerNorm",
                new LayerNorm(wiring, DebertaFamily.PREFIX + "embeddings.LayerNorm", hidden, config.layerNormEps()));
        dropout = addChildBlock("dropout", wiring.dropout(config.dropout().hidden()));
        positions = bind(
                positionTable,
                Parameter.Type.WEIGHT,
                wiring.array(positionTable, config.relative().rows(), hidden));
        positionNorm = addChildBlock(
                "position_norm",
                new LayerNorm(wiring, DebertaFamily.PREFIX + "encoder.LayerNorm", hidden, config.layerNormEps()));
        for (int i = 0; i < config.layers(); i++) {
            String layer = DebertaFamily.PREFIX + "encoder.layer." + i;
            addLayer(new EncoderLayer(
                    wiring, layer, config, new DisentangledAttention(wiring, layer + ".attention.self", config)));
        }
    }

    @Override
    protected NDArray embed(EncoderInput input, boolean training) {
        NDArray normed = norm.apply(
                Embedding.embedding(input.ids(), words, SparseFormat.DENSE).singletonOrThrow());
        return dropout.apply(input.withoutPadding(normed), training);
    }

    @Override
    protected AttentionContext context(EncoderInput input, boolean training) {
        NDManager pass = input.ids().getManager();
        long[] rows = config.relative().byDistance(input.tokens());
        long first = rows[0];
        NDArray occurring = positions.get(new NDIndex("{}:{}", first, rows[rows.length - 1] + 1));
        NDArray table = positionNorm.apply(occurring);
        // Computed from a parameter alone, they would stay in the parameter's manager.
        occurring.attach(pass);
        table.attach(pass);
        return new AttentionContext(
                input.mask(precision),
                precision.of(table),
                pass.create(Arrays.stream(rows).map(row -> row - first).toArray()));
    }

    /** The names and shapes of the encoder's tensors, in checkpoint order. */
    static Map<String, long[]> tensorShapes(EncoderConfig config) {
        TensorShapes shapes = new TensorShapes()
                .add(DebertaFamily.PREFIX + "embeddings.word_embeddings.weight", config.vocabulary(), config.hidden())
                .norm(DebertaFamily.PREFIX + "embeddings.LayerNorm", config.hidden());
        for (int i = 0; i < config.layers(); i++) {
            shapes.layer(DebertaFamily.PREFIX + "encoder.layer." + i, config, "query_proj", "key_proj", "value_proj");
        }
        return shapes.add(
                        DebertaFamily.PREFIX + "encoder.rel_embeddings.weight",
                        config.relative().rows(),
                        config.hidden())
                .norm(DebertaFamily.PREFIX + "encoder.LayerNorm", config.hidden())
                .byName();
    }
}
