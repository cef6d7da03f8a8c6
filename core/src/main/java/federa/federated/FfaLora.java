package federa.federated;

import federa.peft.Method;
import federa.peft.OrdinaryLora;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.LocalAlgorithm;
import java.util.Map;
import java.util.TreeMap;

/**
 * FFA-LoRA: A stays what it was in round 0 and clients train B and the head, so the mean is exact, mean(B_k) A = mean(B_k A).
 * Published for A drawn at random; with the method federa A is that of FeDeRA's start, sqrt(S) V^T.
 *
 * @param orthonormal whether round 0's factors are first replaced by those of the same product of which A is V^T and B is U S
 * @see <a href="https://arxiv.org/abs/2403.12313">FFA-LoRA</a>
 */
public record FfaLora(boolean orthonormal) implements Strategy {

    /** As published. */
    public FfaLora() {
        this(false);
    }

    @Override
    public FederatedAlgorithm algorithm(Method method, LocalAlgorithm client, Aggregator aggregator) {
        Factors.requireScale(method, "ffa-lora");
        return new OnlyB(client, aggregator, orthonormal);
    }

    /** Trains B and the head. */
    static class OnlyB extends Averaging {

        private static final long serialVersionUID = 1L;

        private final boolean orthonormal;

        OnlyB(LocalAlgorithm client, Aggregator aggregator, boolean orthonormal) {
            super(client, aggregator, new FedAvg());
            this.orthonormal = orthonormal;
        }

        @Override
        public ServerState init(TensorMap trainable) {
            return super.init(orthonormal ? orthonormal(trainable) : trainable);
        }

        @Override
        public final boolean trains(String tensor, int round) {
            return !tensor.endsWith(OrdinaryLora.A);
        }

        /** The same products, with orthonormal rows in every A. */
        static TensorMap orthonormal(TensorMap trainable) {
            Map<String, Tensor> factors = new TreeMap<>();
            for (String layer : Factors.layers(trainable)) {
                factors.putAll(Factors.of(layer, trainable).orthonormal().asTensors(layer));
            }
            return trainable.with(new TensorMap(factors));
        }
    }
}
