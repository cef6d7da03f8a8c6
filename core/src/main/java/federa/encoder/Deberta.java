package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
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
public final class Deberta extends Encoder {

    /** What every tensor name of the encoder starts with. */
    public static final String PREFIX = "deberta.";

    private final NDArray words;
    private final LayerNorm norm;
    private final Dropout dropout;
    private final NDArray positions;
    private final LayerNorm positionNorm;
    private final EncoderConfig config;
    private final Precision precision;

    public Deberta(Wiring wiring, EncoderConfig config) {
        super(wiring, config);
        this.config = config;
        precision = wiring.precision();
        int hidden = config.hidden();
        String wordTable = PREFIX + "embeddings.word_embeddings.weight";
        String positionTable = PREFIX + "encoder.rel_embeddings.weight";
        words = bind(wordTable, Parameter.Type.WEIGHT, wiring.array(wordTable, config.vocabulary(), hidden));
        norm = addChildBlock(
                "LayerNorm", new LayerNorm(wiring, PREFIX + "embeddings.LayerNorm", hidden, config.layerNormEps()));
        dropout = addChildBlock("dropout", wiring.dropout(config.dropout().hidden()));
        positions = bind(
                positionTable,
                Parameter.Type.WEIGHT,
                wiring.array(positionTable, config.relative().rows(), hidden));
        positionNorm = addChildBlock(
                "position_norm", new LayerNorm(wiring, PREFIX + "encoder.LayerNorm", hidden, config.layerNormEps()));
        for (int i = 0; i < config.layers(); i++) {
            String layer = PREFIX + "encoder.layer." + i;
            addLayer(new EncoderLayer(
                    wiring, layer, config, new DisentangledAttention(wiring, layer + ".attention.self", config)));
        }
    }

    @Override
    NDArray embed(NDArray ids, boolean training) {
        NDArray normed =
                norm.apply(Embedding.embedding(ids, words, SparseFormat.DENSE).singletonOrThrow());
        NDArray real = ids.neq(config.padId()).toType(DataType.FLOAT32, false).expandDims(2);
        return dropout.apply(normed.mul(real), training);
    }

    @Override
    AttentionContext context(NDArray ids, boolean training) {
        long[] rows =
                config.relative().byDistance(Math.toIntExact(ids.getShape().get(1)));
        long first = rows[0];
        NDArray occurring = positions.get(new NDIndex("{}:{}", first, rows[rows.length - 1] + 1));
        NDArray table = positionNorm.apply(occurring);
        // Computed from a parameter alone, they would stay in the parameter's manager.
        occurring.attach(ids.getManager());
        table.attach(ids.getManager());
        return new AttentionContext(
                AttentionContext.mask(ids, config.padId(), precision),
                precision.of(table),
                ids.getManager()
                        .create(Arrays.stream(rows).map(row -> row - first).toArray()));
    }

    /** The names and shapes of the encoder's tensors, in checkpoint order. */
    static Map<String, long[]> tensorShapes(EncoderConfig config) {
        TensorShapes shapes = new TensorShapes()
                .add(PREFIX + "embeddings.word_embeddings.weight", config.vocabulary(), config.hidden())
                .norm(PREFIX + "embeddings.LayerNorm", config.hidden());
        for (int i = 0; i < config.layers(); i++) {
            shapes.layer(PREFIX + "encoder.layer." + i, config, "query_proj", "key_proj", "value_proj");
        }
        return shapes.add(
                        PREFIX + "encoder.rel_embeddings.weight",
                        config.relative().rows(),
                        config.hidden())
                .norm(PREFIX + "encoder.LayerNorm", config.hidden())
                .byName();
    }
}
