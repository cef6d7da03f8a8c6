package federa.federated;

/**
 * FedAdagrad: the second moment is the sum of squares, v = v + Delta^2.
 *
 * @param learningRate eta
 * @param beta1 how much of the last mean change goes on, from 0 to below 1
 * @param tau added to the root of the second moment, above 0
 * @see <a href="https://arxiv.org/abs/2003.00295">Adaptive federated optimization, algorithm 2</a>
 */
public record FedAdagrad(double learningRate, double beta1, double tau) implements AdaptiveOptimizer {

    public FedAdagrad {
        Settings.positive("learning-rate", learningRate);
        Settings.decay("beta1", beta1);
        Settings.positive("tau", tau);
    }

    /** The defaults of the paper's authors. */
    public FedAdagrad() {
        this(0.1, 0, 1e-3);
    }

    @Override
    public double second(double moment, double square) {
        return moment + square;
    }
}
