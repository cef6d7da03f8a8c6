package federa.federated;

import federa.peft.OrdinaryLora;
import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Brings the A and B of a layer together and forms the weighted mean of the clients' products B_k A_k, which is not the
 * product of the means. All tensors are averaged as well; what is made of both a subclass says.
 */
abstract class ProductAggregator implements Aggregator {

    private static final long serialVersionUID = 1L;

    /** What the names of {@link #truncated}'s results begin with; a layer's name follows. */
    static final String TRUNCATION = "truncation-error/";

    private final Aggregator mean;

    /**
     * For a strategy.
     *
     * @param mean of tensors
     * @throws InvalidInputException naming the strategy, if it is no mean
     */
    ProductAggregator(Aggregator mean, String strategy) {
        if (!mean.averages()) {
            throw new InvalidInputException(
                    "federation.strategy is %s, which averages products of factors, but federation.aggregator makes no weighted mean; set it to mean"
                            .formatted(strategy));
        }
        this.mean = mean;
    }

    /**
     * What a layer's tensors become, by name: A and B, and what the strategy wants beside them.
     *
     * @param products the weighted mean of B_k A_k; may be changed
     * @param averaged the means of A and B
     */
    abstract SortedMap<String, Tensor> result(String layer, StackedFactors products, Factors averaged);

    /**
     * Cuts decomposed products off at a rank.
     *
     * @return the Frobenius norm of what was cut off over that of the whole, a scalar
     */
    static Tensor truncated(StackedFactors products, int rank) {
        double whole = products.norm(0);
        double share = whole > 0 ? products.norm(rank) / whole : 0;
        products.keep(rank);
        return new Tensor(new long[0], new float[] {(float) share});
    }

    @Override
    public final double weight(long numExamples) {
        return mean.weight(numExamples);
    }

    @Override
    public final String block(String tensor) {
        return OrdinaryLora.isFactor(tensor) ? Factors.layer(tensor) : mean.block(tensor);
    }

    @Override
    public final Accumulator begin() {
        return new Products(this, mean.begin());
    }

    private static final class Products implements Accumulator {

        private static final long serialVersionUID = 1L;

        private final ProductAggregator aggregator;
        private final Accumulator means;
        private final TreeMap<String, StackedFactors> layers = new TreeMap<>();
        private double weights;

        Products(ProductAggregator aggregator, Accumulator means) {
            this.aggregator = aggregator;
            this.means = means;
        }

        @Override
        public void add(int client, double weight, SortedMap<String, Tensor> tensors) {
            means.add(client, weight, tensors);
            for (String layer : Factors.layers(tensors.keySet())) {
                Factors factors = new Factors(tensors.get(layer + OrdinaryLora.A), tensors.get(layer + OrdinaryLora.B));
                layers.computeIfAbsent(layer, l -> new StackedFactors()).add(factors, weight);
            }
            weights += weight;
        }

        @Override
        public SortedMap<String, Tensor> result() {
            SortedMap<String, Tensor> result = means.result();
            layers.forEach((layer, sum) -> {
                StackedFactors products = sum.copy();
                products.scale(1 / weights);
                Factors averaged = new Factors(result.get(layer + OrdinaryLora.A), result.get(layer + OrdinaryLora.B));
                result.putAll(aggregator.result(layer, products, averaged));
            });
            return result;
        }
    }
}
