package federa.text;

import federa.spi.InvalidInputException;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The special tokens that a model has before a text, between the texts of a pair and after the last. */
record SpecialTokens(int[] before, int[] between, int[] after) {

    /**
     * Found out from how the tokenizer frames a probe.
     *
     * @param bare the ids of some text, without special tokens
     * @param single the same text with them
     * @param pair the same text, twice, as a pair
     * @throws InvalidInputException if a pair has other tokens before or after it than a single text has
     */
    static SpecialTokens around(int[] bare, int[] single, int[] pair) {
        int start = 0;
        while (start + bare.length < single.length && !isAt(start, bare, single)) {
            start++;
        }
        int[] before = Arrays.copyOf(single, start);
        int[] after = Arrays.copyOfRange(single, start + bare.length, single.length);
        int second = pair.length - after.length - bare.length;
        if (second < start + bare.length) {
            throw new InvalidInputException("a pair of texts has fewer special tokens than a single one");
        }
        int[] between = Arrays.copyOfRange(pair, start + bare.length, second);
        SpecialTokens found = new SpecialTokens(before, between, after);
        if (!Arrays.equals(found.frame(bare, bare), pair)) {
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

    private static boolean isAt(int start, int[] part, int[] whole) {
        return Arrays.equals(whole, start, start + part.length, part, 0, part.length);
    }

    private static int[] concat(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }
}
