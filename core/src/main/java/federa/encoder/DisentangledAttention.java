package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import federa.engine.Torch;

/**
 * DeBERTa's attention with position keys and queries that share the content projections: for query i and key j, with R
 * the table of relative positions, P_q = query(R), P_k = key(R) and the row of i - j,
 *
 * <p>score(i, j) = (q_i . k_j + q_i . P_k[row] + k_j . P_q[row]) / sqrt(3 D).
 *
 * <p>The position terms are products with the whole table (B, N, T, P), of which each pair picks its row: nothing grows
 * with T x T x H.
 *
 * @see <a href="https://arxiv.org/abs/2006.03654">DeBERTa, section 3.1, equation 4</a>
 */
final class DisentangledAttention extends Attention {

    /** Content to content, content to position, position to content. */
    private static final int TERMS = 3;

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
        NDArray relative = positionDropout.apply(context.relative(), training).expandDims(0); // (1, P, H)
        NDArray q = split(Torch.scale(query.apply(queries, training), 1 / Math.sqrt(TERMS * headSize())));
        NDArray k = split(key.apply(hidden, training));
        NDArray positionKeys = split(key.apply(relative, training)); // (1, N, P, D)
        NDArray positionQueries =
                split(Torch.scale(query.apply(relative, training), 1 / Math.sqrt(TERMS * headSize())));
        NDArray contentToPosition = pick(q.matMul(positionKeys.swapAxes(2, 3)), context.rows());
        // For a key j, the row of (i, j) for every query i: the transposed rows; the result is (.., j, i).
        NDArray positionToContent =
                pick(k.matMul(positionQueries.swapAxes(2, 3)), context.rows().swapAxes(0, 1));
        return q.matMul(k.swapAxes(2, 3)).add(contentToPosition).add(positionToContent.swapAxes(2, 3));
    }

    /** Of (B, N, I, P), the entries of these rows (I, J): (B, N, I, J). The rows are repeated by a view, not a copy. */
    private static NDArray pick(NDArray byRow, NDArray rows) {
        Shape shape = byRow.getShape().slice(0, 3).addAll(rows.getShape().slice(1));
        return byRow.gather(rows.expandDims(0).expandDims(0).broadcast(shape), 3);
    }
}
