package federa.task;

import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/** Cuts a long sequence of tokens into stretches that overlap, so that every token is seen with some context. */
final class Overlap {

    private Overlap() {}

    /** A stretch of tokens; the end is one after the last. */
    record Stretch(int from, int to) {

        boolean contains(int token) {
            return from <= token && token < to;
        }

        int length() {
            return to - from;
        }

        /** How many tokens stand between this one and the nearer end: the context that it is seen with. */
        int context(int token) {
            return Math.min(token - from, to - 1 - token);
        }
    }

    /**
     * The stretches of a sequence.
     *
     * @param tokens of the sequence; none gives one empty stretch
     * @param room of a stretch
     * @param shared tokens that neighbours have in common, less than the room
     */
    static List<Stretch> cut(int tokens, int room, int shared) {
        List<Stretch> stretches = new ArrayList<>();
        int from = 0;
        while (from + room < tokens) {
            stretches.add(new Stretch(from, from + room));
            from += room - shared;
        }
        stretches.add(new Stretch(from, tokens));
        return stretches;
    }

    /** The index of the stretch that sees a token with the most context, the first of equals. */
    static int owner(List<Stretch> stretches, int token) {
        int best = -1;
        for (int i = 0; i < stretches.size(); i++) {
            Stretch stretch = stretches.get(i);
            if (stretch.contains(token)
                    && (best < 0 || stretch.context(token) > stretches.get(best).context(token))) {
                best = i;
            }
        }
        return best;
    }

    /** Checks that a stretch of this room moves on. */
    static void require(String key, int shared, int room, int maxTokens) {
        if (shared < 0 || shared >= room) {
            throw new InvalidInputException(
                    "%s must be 0 to %d, got %d: with data.max-tokens %d a part of a text has room for %d tokens"
                            .formatted(key, Math.max(0, room - 1), shared, maxTokens, room));
        }
    }
}
