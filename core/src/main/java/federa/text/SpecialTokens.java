package federa.text;

import federa.spi.InvalidInputException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The special tokens that a model has before a text, between the texts of a pair and after the last, and the token types
 * of all of them and of the texts.
 *
 * @param singleTypes the token types around a single text, with one entry for the text
 * @param pairTypes the token types around a pair, with one entry for each text
 */
record SpecialTokens(int[] before, int[] between, int[] after, int[] singleTypes, int[] pairTypes) {

    /** What the library makes of a probe: ids, and the token type of each. */
    record Encoded(int[] ids, int[] types) {}

    /**
     * Found out from how the tokenizer frames a probe.
     *
     * @param bare the ids of some text, without special tokens
     * @param single the same text with them
     * @param pair the same text, twice, as a pair
     * @throws InvalidInputException if the text has no tokens, or if a pair has other tokens before or after it than a
     *     single text has
     */
    static SpecialTokens around(int[] bare, Encoded single, Encoded pair) {
        if (bare.length == 0) {
            throw new InvalidInputException("it makes no token of the letter 'a', so where a text stands is not known");
        }
        int start = 0;
        while (start + bare.length < single.ids.length && !isAt(start, bare, single.ids)) {
            start++;
        }
        int[] before = Arrays.copyOf(single.ids, start);
        int[] after = Arrays.copyOfRange(single.ids, start + bare.length, single.ids.length);
        int second = pair.ids.length - after.length - bare.length;
        if (second < start + bare.length) {
            throw new InvalidInputException("a pair of texts has fewer special tokens than a single one");
        }
        int[] between = Arrays.copyOfRange(pair.ids, start + bare.length, second);
        SpecialTokens found = new SpecialTokens(
                before,
                between,
                after,
                withOneEntryAt(single.types, bare.length, start),
                withOneEntryAt(withOneEntryAt(pair.types, bare.length, second), bare.length, start));
        if (!Arrays.equals(found.frame(bare), single.ids) || !Arrays.equals(found.frame(bare, bare), pair.ids)) {
            throw new InvalidInputException("a pair of texts has other special tokens around it than a single one");
        }
        return found;
    }

    int[] frame(int[] ids) {
        return concat(before, ids, after);
    }

    int[] frame(int[] first, int[] second) {
        return concat(before, first, between, second, after);
    }

    /** The token types of a frame around a text of that many tokens. */
    int[] types(int length) {
        return withEntriesAt(singleTypes, length, before.length);
    }

    /** The token types of a frame around two texts of so many tokens. */
    int[] types(int first, int second) {
        int[] types = withEntriesAt(pairTypes, second, before.length + 1 + between.length);
        return withEntriesAt(types, first, before.length);
    }

    /** The types with one entry in place of {@code length} equal ones. */
    private static int[] withOneEntryAt(int[] types, int length, int start) {
        return concat(Arrays.copyOf(types, start + 1), Arrays.copyOfRange(types, start + length, types.length));
    }

    /** The reverse: the types with {@code length} entries in place of one. */
    private static int[] withEntriesAt(int[] types, int length, int start) {
        int[] text = new int[length];
        Arrays.fill(text, types[start]);
        return concat(Arrays.copyOf(types, start), text, Arrays.copyOfRange(types, start + 1, types.length));
    }

    private static boolean isAt(int start, int[] part, int[] whole) {
        return Arrays.equals(whole, start, start + part.length, part, 0, part.length);
    }

    private static int[] concat(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }
}
