package federa.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.engine.Kernels;
import federa.engine.Torch;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * AdamW as PyTorch computes it: eps is added after the root of the bias-corrected second moment, and the decay w -= lr
 * lambda w is decoupled and applies to every parameter. DJL's own differs in both places and keeps its state to itself.
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Decoupled weight decay regularization, algorithm 2</a>
 */
public final class AdamW implements Optimizer {

    private static final String STEPS = "steps";

    private final NDManager manager;
    private final double beta1;
    private final double beta2;
    private final double eps;
    private final double weightDecay;
    private final SortedMap<String, NDArray> mean = new TreeMap<>();
    private final SortedMap<String, NDArray> variance = new TreeMap<>();
    private int steps;

    public AdamW(NDManager manager, double beta1, double beta2, double eps, double weightDecay) {
        this.manager = manager;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.eps = eps;
        this.weightDecay = weightDecay;
    }

    @Override
    public void step(SortedMap<String, NDArray> parameters, SortedMap<String, NDArray> gradients, double lr) {
        steps++;
        try (NDArray settings = manager.create(new double[] {lr, beta1, beta2, eps, weightDecay, steps})) {
            parameters.forEach((name, parameter) -> {
                NDArray m = mean.computeIfAbsent(name, n -> manager.zeros(parameter.getShape()));
                NDArray v = variance.computeIfAbsent(name, n -> manager.zeros(parameter.getShape()));
                Kernels.adamW(parameter, gradients.get(name), m, v, settings);
            });
        }
    }

    @Override
    public TensorMap state() {
        Map<String, Tensor> state = new TreeMap<>();
        mean.forEach((name, array) -> state.put("mean." + name, Torch.toTensor(array)));
        variance.forEach((name, array) -> state.put("variance." + name, Torch.toTensor(array)));
        state.put(STEPS, new Tensor(new long[0], new float[] {Float.intBitsToFloat(steps)}));
        return new TensorMap(state);
    }

    @Override
    public void restore(TensorMap state) {
        steps = Float.floatToRawIntBits(state.get(STEPS).values()[0]);
        state.asMap().forEach((name, tensor) -> {
            if (name.startsWith("mean.")) {
                mean.put(name.substring("mean.".length()), Torch.toArray(manager, tensor));
            } else if (name.startsWith("variance.")) {
                variance.put(name.substring("variance.".length()), Torch.toArray(manager, tensor));
            }
        });
    }
}
