package federa.text;

import java.util.Arrays;
import java.util.Objects;

/**
 * The tokens of a text without special tokens, and where each of them stands in it.
 *
 * <p>A span never begins or ends with white space: the space that {@code Ġ} or {@code ▁} in a token stands for is not
 * part of it. A token of nothing but white space has an empty span. The bytes of one character, where they are several
 * tokens, have that character's span each. Spans are in the order of the text.
 *
 * <p>The arrays are not copied; who makes one hands them over, and nobody changes them.
 *
 * @param ids token ids
 * @param starts the index of each token's first {@code char} in the text
 * @param ends the index after each token's last {@code char}
 */
public record Pieces(int[] ids, int[] starts, int[] ends) {

    public Pieces {
        if (starts.length != ids.length || ends.length != ids.length) {
            throw new IllegalArgumentException("%d ids with %d starts and %d ends; there must be one of each"
                    .formatted(ids.length, starts.length, ends.length));
        }
    }

    /** The number of tokens. */
    public int size() {
        return ids.length;
    }

    /**
     * The tokens from one index to before another, at their places in the same text.
     *
     * @throws IndexOutOfBoundsException if there are not so many
     */
    public Pieces range(int from, int to) {
        Objects.checkFromToIndex(from, to, ids.length);
        return new Pieces(
                Arrays.copyOfRange(ids, from, to),
                Arrays.copyOfRange(starts, from, to),
                Arrays.copyOfRange(ends, from, to));
    }
}
