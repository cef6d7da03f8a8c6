package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import federa.engine.Precision;
import java.util.Arrays;

/**
 * A batch of texts as an encoder takes it. What is padding follows from the lengths alone: the id that stands there means
 * nothing.
 *
 * @param ids token ids (B, T) int64
 * @param lengths the number of tokens of each text, B numbers of at most T; what stands behind them is padding
 * @param tokenTypes 0 for the tokens of a first text and 1 for those of a second (B, T) int64; null if there is no second
 */
public record EncoderInput(NDArray ids, int[] lengths, NDArray tokenTypes) {

    /** The inputs of a DJL block: ids, and where there are any, lengths (B) int64 and token types. */
    static EncoderInput of(NDList inputs) {
        NDArray ids = inputs.get(0);
        int[] lengths = new int[Math.toIntExact(ids.getShape().get(0))];
        if (inputs.size() > 1) {
            long[] given = inputs.get(1).toLongArray();
            Arrays.setAll(lengths, text -> Math.toIntExact(given[text]));
        } else {
            Arrays.fill(lengths, Math.toIntExact(ids.getShape().get(1)));
        }
        return new EncoderInput(ids, lengths, inputs.size() > 2 ? inputs.get(2) : null);
    }

    /** As the inputs of a DJL block. */
    public NDList toList() {
        NDArray given =
                ids.getManager().create(Arrays.stream(lengths).asLongStream().toArray());
        return tokenTypes == null ? new NDList(ids, given) : new NDList(ids, given, tokenTypes);
    }

    /** The number of texts (B). */
    int texts() {
        return lengths.length;
    }

    /** The number of tokens of each row, padding included (T). */
    int tokens() {
        return Math.toIntExact(ids.getShape().get(1));
    }

    /**
     * What is added to attention scores (B, 1, 1, T): 0 at tokens, the most negative number at padding; null if nothing is
     * padded.
     */
    NDArray mask(Precision precision) {
        return isPadded() ? precision.of(atPositions(0, -Float.MAX_VALUE, new Shape(texts(), 1, 1, tokens()))) : null;
    }

    /** Hidden states (B, T, H) with 0 in the place of padding. */
    NDArray withoutPadding(NDArray hidden) {
        return isPadded() ? hidden.mul(atPositions(1, 0, new Shape(texts(), tokens(), 1))) : hidden;
    }

    private boolean isPadded() {
        return Arrays.stream(lengths).anyMatch(length -> length < tokens());
    }

    private NDArray atPositions(float token, float padding, Shape shape) {
        float[] values = new float[texts() * tokens()];
        for (int text = 0; text < texts(); text++) {
            int start = text * tokens();
            Arrays.fill(values, start, start + lengths[text], token);
            Arrays.fill(values, start + lengths[text], start + tokens(), padding);
        }
        return ids.getManager().create(values, shape);
    }
}
