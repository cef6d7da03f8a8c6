package federa.federated;

/**
 * FedAdam: the second moment is a moving average, v = beta2 v + (1 - beta2) Delta^2.
 *
 * @param learningRate eta
 * @param beta1 how much of the last mean change goes on, from 0 to below 1
 * @param beta2 decay of the second moment, from 0 to below 1
 * @param tau added to the root of the second moment, above 0
 * @see <a href="https://arxiv.org/abs/2003.00295">Adaptive federated optimization, algorithm 2</a>
 */
public record FedAdam(double learningRate, double beta1, double beta2, double tau) implements AdaptiveOptimizer {

    public FedAdam {
        Settings.positive("learning-rate", learningRate);
        Settings.decay("beta1", beta1);
        Settings.decay("beta2", beta2);
        Settings.positive("tau", tau);
    }

    /** The defaults of the paper's authors. */
    public FedAdam() {
        this(0.1, 0.9, 0.99, 1e-3);
    }

    @Override
    public double second(double moment, double square) {
        return beta2 * moment + (1 - beta2) * square;
    }
}
