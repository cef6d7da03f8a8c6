package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;

/** The input of an encoder with absolute positions: LayerNorm(word + position + token type). Result: (B, T, H). */
final class Embeddings extends BoundBlock {

    /** How positions and token types are found. */
    enum Kind {
        /** Positions from 0 on, and the token types that the input has. */
        BERT {
            @Override
            NDArray positions(EncoderInput input, int padId) {
                return input.ids()
                        .getManager()
                        .arange(0, input.tokens(), 1, DataType.INT64)
                        .expandDims(0);
            }

            @Override
            NDArray tokenTypes(EncoderInput input) {
                return input.tokenTypes();
            }
        },
        /**
         * A token's position is the running count of ids that are not the padding's, plus the padding id. An id that is
         * the padding's gets that position, in the middle of a text too. The token type is always 0.
         */
        ROBERTA {
            @Override
            NDArray positions(EncoderInput input, int padId) {
                NDArray counted = input.ids().neq(padId).toType(DataType.INT64, false);
                return counted.cumSum(1).mul(counted).add(padId);
            }

            @Override
            NDArray tokenTypes(EncoderInput input) {
                return null;
            }
        };

        /** Rows of the position table, (B, T) or (1, T) int64. */
        abstract NDArray positions(EncoderInput input, int padId);

        /** Rows of the token type table (B, T) int64; null if all are 0. */
        abstract NDArray tokenTypes(EncoderInput input);
    }

    private final NDArray words;
    private final NDArray positions;
    private final NDArray tokenTypes;
    private final LayerNorm norm;
    private final Dropout dropout;
    private final EncoderConfig config;
    private final Kind kind;

    Embeddings(Wiring wiring, String name, EncoderConfig config, Kind kind) {
        this.config = config;
        this.kind = kind;
        words = table(wiring, name + ".word_embeddings.weight", config.vocabulary());
        positions = table(wiring, name + ".position_embeddings.weight", config.positions());
        tokenTypes = table(wiring, name + ".token_type_embeddings.weight", config.tokenTypes());
        norm = addChildBlock(
                "LayerNorm", new LayerNorm(wiring, name + ".LayerNorm", config.hidden(), config.layerNormEps()));
        dropout = addChildBlock("dropout", wiring.dropout(config.dropout().hidden()));
    }

    private NDArray table(Wiring wiring, String name, int rows) {
        return bind(name, Parameter.Type.WEIGHT, wiring.array(name, rows, config.hidden()));
    }

    NDArray apply(EncoderInput input, boolean training) {
        NDArray sum = lookUp(input.ids(), words)
                .add(lookUp(kind.positions(input, config.padId()), positions))
                .add(types(input));
        return dropout.apply(norm.apply(sum), training);
    }

    /** A model that knows one token type gives it to both texts of a pair. */
    private NDArray types(EncoderInput input) {
        NDArray types = kind.tokenTypes(input);
        return types == null || config.tokenTypes() == 1
                ? tokenTypes.get(input.ids().getManager(), new NDIndex(0))
                : lookUp(types, tokenTypes);
    }

    private static NDArray lookUp(NDArray ids, NDArray table) {
        return Embedding.embedding(ids, table, SparseFormat.DENSE).singletonOrThrow();
    }

    @Override
    protected NDArray forward(NDList inputs, boolean training) {
        return apply(EncoderInput.of(inputs), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0].add(config.hidden())};
    }
}
