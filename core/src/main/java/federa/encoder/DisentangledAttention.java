package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import federa.engine.Kernels;
import federa.engine.Torch;

/**
 * DeBERTa's attention with position keys and queries that share the content projections: for query i and key j, with R
 * the table of relative positions, P_q = query(R), P_k = key(R) and the row of i - j,
 *
 * <p>score(i, j) = (q_i . k_j + q_i . P_k[row] + k_j . P_q[row]) / sqrt(3 D).
 *
 * <p>The position terms are products with one row for each distance that occurs (B, N, T, 2T - 1). With the distances in
 * a row, the terms of a query lie one place further than those of the query before, so picking them is a view.
 *
 * @see <a href="https://arxiv.org/abs/2006.03654">DeBERTa, section 3.1, equation 4</a>
 */
final class DisentangledAttention extends Attention {

    /** Content to content, content to position, position to content. */
    static final int TERMS = 3;

    private final Linear query;
    private final Linear key;
    private final Dropout positionDropout;

    DisentangledAttention(Wiring wiring, String name, EncoderConfig config) {
        super(wiring, name + ".value_proj", config);
        query = addChildBlock("query", wiring.linear(name + ".query_proj", config.hidden(), config.hidden()));
        key = addChildBlock("key", wiring.linear(name + ".key_proj", config.hidden(), config.hidden()));
        positionDropout = addChildBlock(
                "position_dropout", wiring.dropout(config.dropout().hidden()));
    }

    @Override
    NDArray scores(NDArray queries, NDArray hidden, AttentionContext context, boolean training) {
        double scale = 1 / Math.sqrt(TERMS * headSize());
        NDArray q = split(Torch.scale(query.apply(queries, training), scale));
        NDArray k = split(key.apply(hidden, training));
        NDArray relative = positionDropout.apply(context.relative(), training);
        NDArray byDistance = Embedding.embedding(context.rows(), relative, SparseFormat.DENSE)
                .singletonOrThrow()
                .expandDims(0); // (1, 2T - 1, H)
        NDArray positionKeys = split(key.apply(byDistance.flip(1), training)); // (1, N, 2T - 1, D), T - 1 first
        NDArray positionQueries = split(Torch.scale(query.apply(byDistance, training), scale));
        NDArray contentToPosition = Kernels.diagonals(q.matMul(positionKeys.swapAxes(2, 3)));
        // The other way round: for a key j, the distances i - j to every query i; the result is (.., j, i).
        NDArray positionToContent = Kernels.diagonals(k.matMul(positionQueries.swapAxes(2, 3)))
                .get(new NDIndex("..., :{}", q.getShape().get(2)));
        return q.matMul(k.swapAxes(2, 3)).add(contentToPosition).add(positionToContent.swapAxes(2, 3));
    }
}
