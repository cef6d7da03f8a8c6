package federa.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.engine.Torch;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Stochastic gradient descent as PyTorch computes it: g += lambda w; v = mu v + g (v = g at first); w -= lr v. The decay
 * lambda is coupled: it is part of the gradient.
 */
public final class Sgd implements Optimizer {

    private final NDManager manager;
    private final double momentum;
    private final double weightDecay;
    private final SortedMap<String, NDArray> velocity = new TreeMap<>();

    public Sgd(NDManager manager, double momentum, double weightDecay) {
        this.manager = manager;
        this.momentum = momentum;
        this.weightDecay = weightDecay;
    }

    @Override
    public void step(SortedMap<String, NDArray> parameters, SortedMap<String, NDArray> gradients, double lr) {
        parameters.forEach((name, parameter) -> {
            NDArray gradient = gradients.get(name);
            NDArray decayed = weightDecay == 0
                    ? gradient
                    : gradient.zerosLike().addi(parameter).muli(weightDecay).addi(gradient);
            parameter.subi((momentum == 0 ? decayed : accelerate(name, decayed)).mul(lr));
        });
    }

    private NDArray accelerate(String name, NDArray gradient) {
        NDArray v = velocity.computeIfAbsent(name, n -> manager.zeros(gradient.getShape()));
        v.muli(momentum).addi(gradient);
        return gradient.zerosLike().addi(v);
    }

    @Override
    public TensorMap state() {
        Map<String, Tensor> state = new TreeMap<>();
        velocity.forEach((name, array) -> state.put(name, Torch.toTensor(array)));
        return new TensorMap(state);
    }

    @Override
    public void restore(TensorMap state) {
        state.asMap().forEach((name, tensor) -> velocity.put(name, Torch.toArray(manager, tensor)));
    }
}
