package federa.federated;

import federa.peft.Method;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.LocalAlgorithm;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * FlexLoRA: the factors of the next round are those of the best approximation, of the adapters' rank, of the mean of the
 * clients' products, mean(B_k A_k) = U S V^T. The decomposition is made of the clients' factors side by side, as FLoRIST
 * does, so the product is not formed unless it is smaller than they are.
 *
 * <p>For each layer the state remembers what the rank cuts off: {@code truncation-error/LAYER} is ||mean(B_k A_k) - B A|| /
 * ||mean(B_k A_k)|| in Frobenius norms.
 *
 * @param balanced whether B is U sqrt(S) and A is sqrt(S) V^T, as in FeDeRA's start, instead of U S and V^T
 * @see <a href="https://arxiv.org/abs/2402.11505">FlexLoRA</a>
 * @see <a href="https://arxiv.org/abs/2506.09199">FLoRIST</a>
 */
public record FlexLora(boolean balanced) implements Strategy {

    /** As published. */
    public FlexLora() {
        this(false);
    }

    @Override
    public FederatedAlgorithm algorithm(Method method, LocalAlgorithm client, Aggregator aggregator) {
        Factors.requireScale(method, "flexlora");
        return new Redistributing(client, new Truncated(aggregator, balanced));
    }

    /** A and B of the truncated decomposition, and the share that is cut off. */
    private static final class Truncated extends ProductAggregator {

        private static final long serialVersionUID = 1L;

        private final boolean balanced;

        Truncated(Aggregator mean, boolean balanced) {
            super(mean, "flexlora");
            this.balanced = balanced;
        }

        @Override
        SortedMap<String, Tensor> result(String layer, StackedFactors products, Factors averaged) {
            products.decompose();
            Tensor cutOff = truncated(products, averaged.rank());
            if (balanced) {
                products.balance();
            }
            SortedMap<String, Tensor> result =
                    new TreeMap<>(products.first(averaged.rank()).asTensors(layer));
            result.put(TRUNCATION + layer, cutOff);
            return result;
        }
    }

    private static final class Redistributing extends Averaging {

        private static final long serialVersionUID = 1L;

        Redistributing(LocalAlgorithm client, Aggregator aggregator) {
            super(client, aggregator, new FedAvg());
        }

        @Override
        public ServerState apply(ServerState state, Aggregate aggregate, int round) {
            TensorMap errors = aggregate.tensors().where(name -> name.startsWith(ProductAggregator.TRUNCATION));
            TensorMap trained = aggregate.tensors().where(name -> !name.startsWith(ProductAggregator.TRUNCATION));
            ServerState next = super.apply(state, new Aggregate(trained, aggregate.updates()), round);
            return new ServerState(
                    next.trainable(), next.baseDelta(), next.memory().with(errors));
        }
    }
}
