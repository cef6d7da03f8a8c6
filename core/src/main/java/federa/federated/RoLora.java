package federa.federated;

import federa.peft.Method;
import federa.peft.OrdinaryLora;
import federa.train.LocalAlgorithm;

/**
 * RoLoRA: clients train B in odd rounds and A in even ones, and the head in all. With one factor the same for everybody, the
 * mean of the other is exact, mean(B_k) A = mean(B_k A), and half of the factors travels.
 *
 * @see <a href="https://arxiv.org/abs/2502.01755">RoLoRA</a>
 */
public record RoLora() implements Strategy {

    @Override
    public FederatedAlgorithm algorithm(Method method, LocalAlgorithm client, Aggregator aggregator) {
        Factors.requireScale(method, "rolora");
        return new Alternating(client, aggregator);
    }

    private static final class Alternating extends Averaging {

        private static final long serialVersionUID = 1L;

        Alternating(LocalAlgorithm client, Aggregator aggregator) {
            super(client, aggregator, new FedAvg());
        }

        @Override
        public boolean trains(String tensor, int round) {
            String still = round % 2 == 1 ? OrdinaryLora.A : OrdinaryLora.B;
            return !tensor.endsWith(still);
        }
    }
}
