package federa.train;

import ai.djl.ndarray.NDArray;
import federa.tensor.TensorMap;
import java.util.SortedMap;

/**
 * Turns gradients into a step. Not thread-safe; its state belongs to the manager it was made with.
 *
 * <p>State is exported and restored as named tensors, so that training can stop and go on exactly.
 */
public interface Optimizer {

    /**
     * Changes the parameters in place.
     *
     * @param parameters by name
     * @param gradients by the same names; left as they are
     * @param learningRate of this step
     */
    void step(SortedMap<String, NDArray> parameters, SortedMap<String, NDArray> gradients, double learningRate);

    /** A copy of the state: everything {@link #restore} needs to go on as if nothing had happened. */
    TensorMap state();

    /** Takes over a state from {@link #state}. */
    void restore(TensorMap state);
}
