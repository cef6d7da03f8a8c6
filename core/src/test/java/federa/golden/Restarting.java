package federa.golden;

import ai.djl.ndarray.NDArray;
import federa.tensor.TensorMap;
import federa.train.Optimizer;
import java.util.SortedMap;
import java.util.function.Supplier;

/** An optimizer that is thrown away after every step and restored from its exported state. */
final class Restarting implements Optimizer {

    private final Supplier<Optimizer> make;
    private TensorMap state;

    Restarting(Supplier<Optimizer> make) {
        this.make = make;
    }

    @Override
    public void step(SortedMap<String, NDArray> parameters, SortedMap<String, NDArray> gradients, double lr) {
        Optimizer optimizer = make.get();
        if (state != null) {
            optimizer.restore(state);
        }
        optimizer.step(parameters, gradients, lr);
        state = optimizer.state();
    }

    @Override
    public TensorMap state() {
        return state;
    }

    @Override
    public void restore(TensorMap newState) {
        state = newState;
    }
}
