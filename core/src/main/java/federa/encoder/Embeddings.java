package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;

/**
 * RoBERTa's input: LayerNorm(word + position + token type).
 *
 * <p>The position of a token is the running count of tokens that are not padding, plus the padding id; padding itself
 * gets the padding id. The token type is always 0. Shapes: ids (B, T) int64 -> (B, T, H).
 */
final class Embeddings extends BoundBlock {

    private final NDArray words;
    private final NDArray positions;
    private final NDArray tokenTypes;
    private final LayerNorm norm;
    private final Dropout dropout;
    private final int padId;
    private final int hidden;

    Embeddings(Wiring wiring, String name, EncoderConfig config) {
        hidden = config.hidden();
        padId = config.padId();
        words = table(wiring, name + ".word_embeddings.weight", config.vocabulary());
        positions = table(wiring, name + ".position_embeddings.weight", config.positions());
        tokenTypes = table(wiring, name + ".token_type_embeddings.weight", config.tokenTypes());
        norm = addChildBlock("LayerNorm", new LayerNorm(wiring, name + ".LayerNorm", hidden, config.layerNormEps()));
        dropout = addChildBlock("dropout", wiring.dropout(config.dropout().hidden()));
    }

    private NDArray table(Wiring wiring, String name, int rows) {
        return bind(name, Parameter.Type.WEIGHT, wiring.array(name, rows, hidden));
    }

    NDArray apply(NDArray ids, boolean training) {
        NDArray real = ids.neq(padId).toType(DataType.INT64, false);
        NDArray positionIds = real.cumSum(1).mul(real).add(padId);
        NDArray sum = lookUp(ids, words)
                .add(lookUp(positionIds, positions))
                .add(tokenTypes.get(ids.getManager(), new NDIndex(0)));
        return dropout.apply(norm.apply(sum), training);
    }

    private static NDArray lookUp(NDArray ids, NDArray table) {
        return Embedding.embedding(ids, table, SparseFormat.DENSE).singletonOrThrow();
    }

    @Override
    NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.head(), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0].add(hidden)};
    }
}
