package federa.task;

/**
 * A text, a part of one or a pair of texts, as the model sees it.
 *
 * @param ids token ids, special tokens included, without padding
 * @param second where the second text of a pair begins among the ids; their number if there is no second text
 * @param targets what it should say, as the task reads it: one class; a class for each token, or {@link #NONE}; start and
 *     end of a span; empty if nothing is known
 */
public record Example(int[] ids, int second, int[] targets) {

    /** In place of a token's class: it has none. */
    public static final int NONE = -100;

    /** A single text. */
    public Example(int[] ids, int... targets) {
        this(ids, ids.length, targets);
    }

    /** A pair of texts, the second from there on. */
    public static Example pair(int[] ids, int second, int... targets) {
        return new Example(ids, second, targets);
    }

    /** The number of tokens. */
    public int length() {
        return ids.length;
    }
}
