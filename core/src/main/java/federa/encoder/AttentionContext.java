package federa.encoder;

import ai.djl.ndarray.NDArray;

/**
 * What the attention of all layers shares in one pass.
 *
 * <p>Tables and masks are in the precision of the layers.
 *
 * @param mask added to the scores, (B, 1, 1, T): 0 at real keys, the most negative number at padding; null if nothing is
 *     padded
 * @param relative the relative positions that occur (P, H), after their LayerNorm; null with absolute positions
 * @param rows the row of that table for each distance from 1 - T to T - 1 (2T - 1) int64; null with absolute positions
 */
public record AttentionContext(NDArray mask, NDArray relative, NDArray rows) {

    /** Of an encoder with absolute positions. */
    static AttentionContext of(NDArray mask) {
        return new AttentionContext(mask, null, null);
    }
}
