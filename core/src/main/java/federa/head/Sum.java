package federa.head;

import federa.federated.Aggregator;
import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import java.util.SortedMap;
import java.util.TreeMap;

/** The sums of what clients send as {@link Doubles}, in double precision; every client counts once. */
record Sum() implements Aggregator {

    @Override
    public double weight(long numExamples) {
        return 1;
    }

    @Override
    public Accumulator begin() {
        return new Sums();
    }

    private static final class Sums implements Accumulator {

        private static final long serialVersionUID = 1L;

        private final TreeMap<String, double[]> sums = new TreeMap<>();

        @Override
        public void add(int client, double weight, SortedMap<String, Tensor> tensors) {
            tensors.forEach((name, tensor) -> {
                double[] numbers = Doubles.of(tensor);
                double[] sum = sums.computeIfAbsent(name, n -> new double[numbers.length]);
                if (sum.length != numbers.length) {
                    throw new InvalidInputException("client %d sends %d numbers as %s, others before it sent %d"
                            .formatted(client, numbers.length, name, sum.length));
                }
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += numbers[i];
                }
            });
        }

        @Override
        public SortedMap<String, Tensor> result() {
            SortedMap<String, Tensor> result = new TreeMap<>();
            sums.forEach((name, sum) -> result.put(name, Doubles.toTensor(sum)));
            return result;
        }
    }
}
