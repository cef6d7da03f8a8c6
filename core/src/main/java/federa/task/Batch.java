package federa.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import federa.encoder.EncoderInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Examples that go through the model together, padded to the longest of them.
 *
 * @param examples in the order of the batch
 */
public record Batch(List<Example> examples) {

    /** Batches whose examples are sorted by length together: large enough to group, small enough to stay shuffled. */
    private static final int BATCHES_SORTED_TOGETHER = 16;

    /**
     * One shuffled pass over the examples in batches of similar lengths: shuffle, sort each run of {@value
     * #BATCHES_SORTED_TOGETHER} batches by length, cut, shuffle the batches. A pure function of the seed.
     */
    public static List<Batch> shuffled(List<Example> examples, int batchSize, long seed) {
        Random random = new Random(seed);
        List<Example> order = new ArrayList<>(examples);
        Collections.shuffle(order, random);
        List<Batch> batches = new ArrayList<>();
        int window = batchSize * BATCHES_SORTED_TOGETHER;
        for (int from = 0; from < order.size(); from += window) {
            List<Example> run = new ArrayList<>(order.subList(from, Math.min(from + window, order.size())));
            run.sort(Comparator.comparingInt(Example::length));
            batches.addAll(inOrder(run, batchSize));
        }
        Collections.shuffle(batches, random);
        return batches;
    }

    /** An example alone. */
    public static Batch of(Example example) {
        return new Batch(List.of(example));
    }

    /** Cuts the examples into batches as they come. */
    public static List<Batch> inOrder(List<Example> examples, int batchSize) {
        List<Batch> batches = new ArrayList<>();
        for (int from = 0; from < examples.size(); from += batchSize) {
            batches.add(new Batch(List.copyOf(examples.subList(from, Math.min(from + batchSize, examples.size())))));
        }
        return batches;
    }

    /**
     * What an encoder reads, T being the longest length. Padding has the id 0, which every vocabulary has; an encoder looks
     * at the lengths.
     */
    public EncoderInput input(NDManager manager) {
        int longest = longest();
        Shape shape = new Shape(examples.size(), longest);
        long[] ids = new long[examples.size() * longest];
        long[] types = new long[ids.length];
        boolean pairs = false;
        for (int row = 0; row < examples.size(); row++) {
            Example example = examples.get(row);
            for (int t = 0; t < example.length(); t++) {
                ids[row * longest + t] = example.ids()[t];
            }
            Arrays.fill(types, row * longest + example.second(), row * longest + example.length(), 1);
            pairs |= example.second() < example.length();
        }
        return new EncoderInput(
                manager.create(ids, shape),
                examples.stream().mapToInt(Example::length).toArray(),
                pairs ? manager.create(types, shape) : null);
    }

    /** One target of every example (B) int64: its class, or the first or second end of its span. */
    public NDArray targets(NDManager manager, int index) {
        return manager.create(
                examples.stream().mapToLong(example -> example.targets()[index]).toArray());
    }

    /**
     * The places of the tokens that have a class, as indices into the rows of (B x T): of the hidden states, one below
     * the other.
     */
    public int[] places() {
        int longest = longest();
        return IntStream.range(0, examples.size())
                .flatMap(row -> IntStream.range(0, examples.get(row).targets().length)
                        .filter(t -> examples.get(row).targets()[t] != Example.NONE)
                        .map(t -> row * longest + t))
                .toArray();
    }

    /** The classes of the tokens at {@link #places}. */
    public int[] classes() {
        return examples.stream()
                .flatMapToInt(example -> Arrays.stream(example.targets()).filter(target -> target != Example.NONE))
                .toArray();
    }

    public int size() {
        return examples.size();
    }

    /** The length of the longest example. */
    public int longest() {
        return examples.stream().mapToInt(Example::length).max().orElse(0);
    }
}
