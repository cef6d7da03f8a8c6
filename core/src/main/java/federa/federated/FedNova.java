package federa.federated;

import federa.peft.Method;
import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.LocalAlgorithm;
import java.util.Map;
import java.util.TreeMap;

/**
 * FedNova: clients that take more steps do not pull the model towards themselves by that. With w_k a client's weight, p_k =
 * w_k / sum(w), tau_k its steps of the optimizer and y_k what it sends, x = x + tau_eff sum(p_k (y_k - x) / tau_k), where
 * tau_eff = sum(p_k tau_k). Where all clients take as many steps it is FedAvg, but for rounding.
 *
 * <p>No tensor travels for it: a mean whose weights are w_k / tau_k, and the numbers of steps that clients tell, have all that
 * is needed. Published for local SGD without momentum, whose tau_k is the number of steps; here it is that of any optimizer.
 *
 * @see <a href="https://arxiv.org/abs/2007.07481">Tackling the objective inconsistency problem, equations 6 and 7</a>
 */
public record FedNova() implements Strategy {

    @Override
    public FederatedAlgorithm algorithm(Method method, LocalAlgorithm client, Aggregator aggregator) {
        if (!aggregator.averages()) {
            throw new InvalidInputException("federation.strategy is fednova, which weighs clients by their steps, but"
                    + " federation.aggregator is no weighted mean; set it to mean");
        }
        return new Normalised(client, aggregator);
    }

    private static final class Normalised extends Averaging {

        private static final long serialVersionUID = 1L;

        private final Aggregator mean;

        Normalised(LocalAlgorithm client, Aggregator mean) {
            super(client, new PerStep(mean), new FedAvg());
            this.mean = mean;
        }

        @Override
        public ServerState apply(ServerState state, Aggregate aggregate, int round) {
            state.trainable().requireSameShapes(aggregate.tensors(), "the aggregate of round " + round);
            double factor = factor(aggregate);
            Map<String, Tensor> next = new TreeMap<>();
            state.trainable().asMap().forEach((name, tensor) -> {
                float[] x = tensor.values();
                float[] average = aggregate.tensors().get(name).values();
                float[] stepped = new float[x.length];
                for (int i = 0; i < x.length; i++) {
                    stepped[i] = (float) (x[i] + factor * ((double) average[i] - x[i]));
                }
                next.put(name, new Tensor(tensor.shape(), stepped));
            });
            return new ServerState(new TensorMap(next), state.baseDelta(), state.memory());
        }

        /** By what the mean change per step is multiplied: tau_eff sum(w / tau) / sum(w). */
        private double factor(Aggregate aggregate) {
            double weights = 0;
            double steps = 0;
            double perStep = 0;
            for (ClientUpdate update : aggregate.trained()) {
                double weight = mean.weight(update.numExamples());
                weights += weight;
                steps += weight * update.steps();
                perStep += weight / update.steps();
            }
            return steps / weights * (perStep / weights);
        }
    }

    /** A mean in which a client counts the less the more steps it took. */
    private record PerStep(Aggregator mean) implements Aggregator {

        @Override
        public double weight(long numExamples) {
            return mean.weight(numExamples);
        }

        @Override
        public double weight(long numExamples, int steps) {
            return mean.weight(numExamples, steps) / steps;
        }

        @Override
        public String block(String tensor) {
            return mean.block(tensor);
        }

        @Override
        public boolean retainsUpdates() {
            return mean.retainsUpdates();
        }

        @Override
        public int minClients() {
            return mean.minClients();
        }

        @Override
        public Aggregator from(TensorMap sent) {
            return new PerStep(mean.from(sent));
        }

        @Override
        public Accumulator begin() {
            return mean.begin();
        }
    }
}
