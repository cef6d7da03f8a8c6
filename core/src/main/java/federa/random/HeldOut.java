package federa.random;

import federa.spi.InvalidInputException;
import java.io.Serializable;

/**
 * Which examples are held out, by their texts alone: the same ones wherever and in whatever order the rows are read, on the
 * cluster or where a client's rows lie. Equal texts are held out together or not at all, so that none is learnt and tested.
 *
 * @param share of all texts, expected: from 0, for none, and below 1
 * @param seed another one holds out others
 */
public record HeldOut(double share, long seed) implements Serializable {

    public HeldOut {
        if (!(share >= 0 && share < 1)) {
            throw new InvalidInputException("a share that is held out must be 0 or more and below 1, got " + share);
        }
    }

    /** True if examples with this text are held out. */
    public boolean has(String text) {
        return (Seeds.of(seed, text) >>> 11) * 0x1p-53 < share;
    }
}
