package federa.federated;

import federa.tensor.Tensor;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The weighted mean of each tensor.
 *
 * @param weighting how much a client's update counts
 * @see <a href="https://arxiv.org/abs/1602.05629">FedAvg, algorithm 1</a>
 */
public record Mean(Weighting weighting) implements Aggregator {

    /** By the number of examples, as published. */
    public Mean() {
        this(Weighting.NUM_EXAMPLES);
    }

    @Override
    public double weight(long numExamples) {
        return weighting.of(numExamples);
    }

    @Override
    public boolean averages() {
        return true;
    }

    @Override
    public Accumulator begin() {
        return new Sums();
    }

    /** A running mean of each tensor. */
    private static final class Sums implements Accumulator {

        private static final long serialVersionUID = 1L;

        private final TreeMap<String, WeightedMean> means = new TreeMap<>();

        @Override
        public void add(int client, double weight, SortedMap<String, Tensor> tensors) {
            tensors.forEach((name, tensor) ->
                    means.computeIfAbsent(name, n -> new WeightedMean()).add(tensor, weight));
        }

        @Override
        public SortedMap<String, Tensor> result() {
            SortedMap<String, Tensor> result = new TreeMap<>();
            means.forEach((name, mean) -> result.put(name, mean.result()));
            return result;
        }
    }
}
