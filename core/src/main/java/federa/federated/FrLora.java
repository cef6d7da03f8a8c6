package federa.federated;

import federa.peft.Method;
import federa.peft.OrdinaryLora;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.LocalAlgorithm;
import java.util.Map;
import java.util.TreeMap;

/**
 * FRLoRA: what a round changed goes into the frozen weights, W = W + s (B A - B0 A0) with the round's mean A and B, and every
 * round starts from the factors of round 0 again. So the change of W is not held to the adapters' rank, and each round begins
 * at the same, well-conditioned factors.
 *
 * <p>A client that comes back is sent the mean factors of the rounds that it missed, or the whole change of W where that is
 * less, and folds them in; the factors of round 0 it has.
 *
 * <p>Published as "Federated residual low-rank adaptation of large language models" (FRLoRA, ICLR 2025).
 */
public record FrLora() implements Strategy {

    @Override
    public FederatedAlgorithm algorithm(Method method, LocalAlgorithm client, Aggregator aggregator) {
        return new Restarting(method, client, aggregator, Factors.requireScale(method, "frlora"));
    }

    private static final class Restarting extends Averaging {

        private static final long serialVersionUID = 1L;

        private final Method method;
        private final double scale;

        Restarting(Method method, LocalAlgorithm client, Aggregator aggregator, double scale) {
            super(client, aggregator, new FedAvg());
            this.method = method;
            this.scale = scale;
        }

        @Override
        public ServerState apply(ServerState state, Aggregate aggregate, int round) {
            ServerState averaged = super.apply(state, aggregate, round);
            Map<String, Tensor> changed = new TreeMap<>();
            for (String layer : Factors.layers(state.trainable())) {
                changed.put(layer + ".weight", changed(layer, state, averaged));
            }
            return new ServerState(
                    averaged.trainable().with(state.trainable().where(OrdinaryLora::isFactor)),
                    state.baseDelta().with(new TensorMap(changed)),
                    averaged.memory());
        }

        private Tensor changed(String layer, ServerState before, ServerState averaged) {
            Factors start = Factors.of(layer, before.trainable());
            double[] sum = new double[start.out() * start.in()];
            Factors.of(layer, averaged.trainable()).addTo(sum, scale);
            start.addTo(sum, -scale);
            long[] shape = {start.out(), start.in()};
            return Factors.changed(before.baseDelta(), layer + ".weight", shape, i -> sum[i]);
        }

        @Override
        public long bytesDown(ServerState state, int round, int lastRound) {
            TensorMap factors = state.trainable().where(OrdinaryLora::isFactor);
            long others = state.trainable().bytes() - factors.bytes();
            long missed = (round - Math.max(1, lastRound)) * factors.bytes();
            TensorMap held = method.anchor(factors); // sent apart, once
            long once = lastRound == 0 ? factors.bytes() - held.bytes() : 0;
            return others + once + Math.min(missed, state.baseDelta().bytes());
        }
    }
}
