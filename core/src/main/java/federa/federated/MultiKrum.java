package federa.federated;

import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Multi-Krum: of n updates, the mean of those that are closest to their neighbours. The score of an update is the sum of its
 * squared Euclidean distances to the n - f - 2 others that are nearest; those with the lowest scores are kept, the lower id
 * first where scores are equal. Weights do not count, as published. {@code keep} 1 is Krum.
 *
 * <p>Distances are of whole updates, so all updates of a round meet in one task, which must have the memory for them; time
 * grows with the square of their number. The paper's promise needs n of at least 2f + 3, so {@code federation.min-clients}
 * must be that.
 *
 * @param attackers f, how many of a round's clients may be dishonest; 0 or more
 * @param keep how many updates are averaged; 0 for all but as many as there may be attackers
 * @see <a href="https://proceedings.neurips.cc/paper/2017/hash/f4b9ec30ad9f68f89b29639786cb62ef-Abstract.html">Machine
 *     learning with adversaries: Byzantine tolerant gradient descent</a>
 */
public record MultiKrum(int attackers, int keep) implements Aggregator {

    /** A name that no tensor has. */
    private static final String WHOLE = "whole update";

    private static final int MOST = 1_000_000;

    public MultiKrum {
        require(attackers, "attackers");
        require(keep, "keep");
    }

    /** One attacker, and all updates but one. The paper leaves both to the user. */
    public MultiKrum() {
        this(1, 0);
    }

    private static void require(int value, String key) {
        if (value < 0 || value > MOST) {
            throw new InvalidInputException(
                    "federation.aggregator.%s must be 0 to %d, got %d".formatted(key, MOST, value));
        }
    }

    @Override
    public double weight(long numExamples) {
        return 1;
    }

    @Override
    public String block(String tensor) {
        return WHOLE;
    }

    @Override
    public boolean retainsUpdates() {
        return true;
    }

    /** 2f + 3, or enough to keep as many as asked without an attacker among them. */
    @Override
    public int minClients() {
        return Math.max(2 * attackers + 3, keep + attackers);
    }

    @Override
    public Accumulator begin() {
        return new Nearest(attackers, keep);
    }

    /**
     * The scores of updates.
     *
     * @param distances squared, between each two
     */
    static double[] scores(double[][] distances, int attackers) {
        int others = distances.length - 1;
        int neighbours = Math.max(Math.min(1, others), distances.length - attackers - 2);
        double[] scores = new double[distances.length];
        for (int i = 0; i < scores.length; i++) {
            int self = i;
            scores[i] = IntStream.rangeClosed(0, others)
                    .filter(other -> other != self)
                    .mapToDouble(other -> distances[self][other])
                    .sorted()
                    .limit(neighbours)
                    .sum();
        }
        return scores;
    }

    /** Keeps all updates until the scores can be had. */
    private static final class Nearest extends Retained {

        private static final long serialVersionUID = 1L;

        private final int attackers;
        private final int keep;

        Nearest(int attackers, int keep) {
            this.attackers = attackers;
            this.keep = keep;
        }

        @Override
        SortedMap<String, Tensor> of(List<TensorMap> updates) {
            double[] scores = scores(distances(updates), attackers);
            // With too few updates the round will not count; it needs a result all the same.
            int asked = keep == 0 ? updates.size() - attackers : keep;
            int kept = Math.max(1, Math.min(asked, updates.size()));
            int[] best = IntStream.range(0, scores.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(update -> scores[update]))
                    .limit(kept)
                    .mapToInt(Integer::intValue)
                    .sorted()
                    .toArray();
            SortedMap<String, WeightedMean> means = new TreeMap<>();
            for (int update : best) {
                updates.get(update).asMap().forEach((name, tensor) -> means.computeIfAbsent(
                                name, n -> new WeightedMean())
                        .add(tensor, 1));
            }
            SortedMap<String, Tensor> result = new TreeMap<>();
            means.forEach((name, mean) -> result.put(name, mean.result()));
            return result;
        }

        private static double[][] distances(List<TensorMap> updates) {
            double[][] distances = new double[updates.size()][updates.size()];
            for (int i = 0; i < distances.length; i++) {
                for (int j = 0; j < i; j++) {
                    distances[i][j] = distance(updates.get(i), updates.get(j));
                    distances[j][i] = distances[i][j];
                }
            }
            return distances;
        }

        private static double distance(TensorMap one, TensorMap other) {
            double squares = 0;
            for (String name : one.asMap().keySet()) {
                float[] a = one.get(name).values();
                float[] b = other.get(name).values();
                for (int i = 0; i < a.length; i++) {
                    double difference = (double) a[i] - b[i];
                    squares += difference * difference;
                }
            }
            return squares;
        }
    }
}
