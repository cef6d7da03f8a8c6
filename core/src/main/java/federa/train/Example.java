package federa.train;

/**
 * A text as the model sees it.
 *
 * @param ids token ids, special tokens included, without padding
 * @param label index of the class
 */
public record Example(int[] ids, int label) {

    /** The number of tokens. */
    public int length() {
        return ids.length;
    }
}
