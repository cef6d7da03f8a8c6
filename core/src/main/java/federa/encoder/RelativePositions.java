package federa.encoder;

import federa.spi.InvalidInputException;
import java.io.Serializable;
import java.util.stream.LongStream;

/**
 * DeBERTa's table of relative positions: near distances have rows of their own, far ones share rows on a logarithmic
 * scale.
 *
 * @param buckets half the rows of the table, K
 * @param farthest distances from here on share the last row
 * @see <a href="https://arxiv.org/abs/2111.09543">DeBERTaV3; the logarithmic buckets are those of its DeBERTa-v2 code</a>
 */
public record RelativePositions(int buckets, int farthest) implements Serializable {

    public RelativePositions {
        if (buckets < 2 || farthest <= buckets / 2 + 1) {
            throw new InvalidInputException(
                    ("position_buckets is %d, but must be at least 2, and max_relative_positions (or"
                                    + " max_position_embeddings) %d well above half of it")
                            .formatted(buckets, farthest));
        }
    }

    /** The number of rows. */
    public int rows() {
        return 2 * buckets;
    }

    /** The row for a distance, query position minus key position. */
    public int row(int distance) {
        return Math.max(0, Math.min(rows() - 1, bucket(distance) + buckets));
    }

    /** The distance itself up to half the buckets, then its logarithm; odd in the distance. */
    private int bucket(int distance) {
        int middle = buckets / 2;
        int size = Math.abs(distance);
        if (size <= middle) {
            return distance;
        }
        double logarithm = Math.log((double) size / middle) / Math.log((farthest - 1.0) / middle) * (middle - 1);
        return Integer.signum(distance) * (middle + (int) Math.ceil(logarithm));
    }

    /** The rows of all distances between {@code tokens} tokens, from the most negative one on: they never fall. */
    long[] byDistance(int tokens) {
        return LongStream.range(1 - tokens, tokens)
                .map(distance -> row((int) distance))
                .toArray();
    }
}
