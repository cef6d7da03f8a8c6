package federa.federated;

import federa.random.Draw;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * FedAvg with server momentum: v = beta v + Delta, x = x + eta v, with Delta the mean change of the round.
 *
 * @param learningRate eta
 * @param beta how much of the last step goes on, from 0 to below 1
 * @see <a href="https://arxiv.org/abs/1909.06335">Measuring the effects of non-identical data distribution</a>
 */
public record FedAvgM(double learningRate, double beta) implements ServerOptimizer {

    private static final String MOMENTUM = "momentum/";

    public FedAvgM {
        Settings.positive("learning-rate", learningRate);
        Settings.decay("beta", beta);
    }

    /** As published. */
    public FedAvgM() {
        this(1, 0.9);
    }

    @Override
    public TensorMap init(TensorMap trainable) {
        Map<String, Tensor> momentum = new TreeMap<>();
        trainable.shapes().forEach((name, shape) -> momentum.put(MOMENTUM + name, Draw.zeros(shape)));
        return new TensorMap(momentum);
    }

    @Override
    public Step step(TensorMap trainable, TensorMap mean, TensorMap memory, int round) {
        Map<String, Tensor> next = new TreeMap<>();
        Map<String, Tensor> momentum = new TreeMap<>();
        trainable.asMap().forEach((name, tensor) -> {
            float[] x = tensor.values();
            float[] average = mean.get(name).values();
            float[] v = memory.get(MOMENTUM + name).values().clone();
            float[] stepped = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                v[i] = (float) (beta * v[i] + ((double) average[i] - x[i]));
                stepped[i] = (float) (x[i] + learningRate * v[i]);
            }
            next.put(name, new Tensor(tensor.shape(), stepped));
            momentum.put(MOMENTUM + name, new Tensor(tensor.shape(), v));
        });
        return new Step(new TensorMap(next), new TensorMap(momentum));
    }
}
