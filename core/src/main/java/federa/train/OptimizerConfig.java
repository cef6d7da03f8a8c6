package federa.train;

import ai.djl.ndarray.NDManager;
import federa.spi.InvalidInputException;
import java.io.Serializable;

/** Which optimizer a client uses, and its settings. Its name is in {@link Optimizers} or in another {@code ChoiceProvider}. */
public interface OptimizerConfig extends Serializable {

    /** A fresh optimizer, its state owned by the manager. */
    Optimizer create(NDManager manager);

    /**
     * {@link federa.train.AdamW}.
     *
     * @param beta1 decay of the mean of gradients
     * @param beta2 decay of the mean of squared gradients
     * @param eps added to the root of the second moment
     * @param weightDecay decoupled decay of every trained tensor; leave it 0 for FeDeRA, whose adapters hold the
     *     principal part of the pre-trained weights
     */
    record AdamW(double beta1, double beta2, double eps, double weightDecay) implements OptimizerConfig {

        public AdamW {
            require(beta1 >= 0 && beta1 < 1, "beta1 must be in [0, 1)", beta1);
            require(beta2 >= 0 && beta2 < 1, "beta2 must be in [0, 1)", beta2);
            require(eps > 0, "eps must be above 0", eps);
            require(weightDecay >= 0, "weight-decay must be 0 or more", weightDecay);
        }

        /** The published defaults, without decay. */
        public static AdamW standard() {
            return new AdamW(0.9, 0.999, 1e-8, 0);
        }

        @Override
        public Optimizer create(NDManager manager) {
            return new federa.train.AdamW(manager, beta1, beta2, eps, weightDecay);
        }
    }

    /**
     * {@link federa.train.Sgd}.
     *
     * @param momentum mu
     * @param weightDecay coupled decay of every trained tensor
     */
    record Sgd(double momentum, double weightDecay) implements OptimizerConfig {

        public Sgd {
            require(momentum >= 0 && momentum < 1, "momentum must be in [0, 1)", momentum);
            require(weightDecay >= 0, "weight-decay must be 0 or more", weightDecay);
        }

        @Override
        public Optimizer create(NDManager manager) {
            return new federa.train.Sgd(manager, momentum, weightDecay);
        }
    }

    private static void require(boolean valid, String rule, double value) {
        if (!valid) {
            throw new InvalidInputException("training.optimizer.%s, got %s".formatted(rule, value));
        }
    }
}
