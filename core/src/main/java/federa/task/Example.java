package federa.task;

/**
 * A text, or a part of one, as the model sees it.
 *
 * @param ids token ids, special tokens included, without padding
 * @param targets what it should say, as the task reads it: one class; a class for each token, or {@link #NONE}; start and
 *     end of a span; empty if nothing is known
 */
public record Example(int[] ids, int... targets) {

    /** In place of a token's class: it has none. */
    public static final int NONE = -100;

    /** The number of tokens. */
    public int length() {
        return ids.length;
    }
}
