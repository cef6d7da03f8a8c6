package federa.partition;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** What is left of every label while client after client is served, with FedNLP's rule for a label that runs out. */
final class LabelQueues {
    private final long[] left;

    LabelQueues(long[] counts) {
        this.left = counts.clone();
    }

    /**
     * Takes the wanted number of examples of each label, in the order of the labels. What a label cannot give comes at
     * once from the others, so the result has the same sum as the wish. The sum must not exceed what is left.
     *
     * @param wanted examples per label
     * @return the examples taken per label
     */
    long[] take(long[] wanted) {
        long[] taken = new long[left.length];
        for (int label = 0; label < wanted.length; label++) {
            long available = Math.min(wanted[label], left[label]);
            move(label, available, taken);
            refill(wanted[label] - available, taken);
        }
        return taken;
    }

    /** Takes everything. */
    long[] drain() {
        long[] taken = left.clone();
        Arrays.fill(left, 0);
        return taken;
    }

    /**
     * Each label gives in proportion to what it still has, rounded up, the smallest first. The parts sum to at least
     * the shortfall, so one pass is enough; the largest label gives a little less. The exhausted label has nothing left
     * and gives nothing.
     */
    private void refill(long shortfall, long[] taken) {
        if (shortfall == 0) {
            return;
        }
        long[] before = left.clone();
        long total = Arrays.stream(before).sum();
        long open = shortfall;
        for (int label : smallestFirst(before)) {
            long part = Math.min(open, ceilDiv(Math.multiplyExact(before[label], shortfall), total));
            move(label, part, taken);
            open -= part;
        }
    }

    private void move(int label, long count, long[] taken) {
        left[label] -= count;
        taken[label] += count;
    }

    private static int[] smallestFirst(long[] counts) {
        return IntStream.range(0, counts.length)
                .boxed()
                .sorted(Comparator.comparingLong(label -> counts[label]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static long ceilDiv(long dividend, long divisor) {
        return -Math.floorDiv(-dividend, divisor);
    }
}
