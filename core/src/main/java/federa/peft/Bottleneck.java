package federa.peft;

import ai.djl.ndarray.NDArray;
import federa.encoder.Joint;
import federa.encoder.Linear;
import federa.encoder.Wiring;
import federa.random.Draw;
import federa.random.Seeds;
import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import java.util.Map;

/**
 * What Houlsby's and Pfeiffer's adapters share: up(activation(down(x))), x (.., H) -> (.., H) through a narrow layer. It
 * starts near zero, so that the model of round 0 is nearly the pre-trained one.
 */
abstract class Bottleneck extends Joint {

    private static final String DOWN = ".adapter.down";
    private static final String UP = ".adapter.up";

    /** Standard deviation of the starting weights, as in Houlsby et al., section 3.6. */
    private static final double DEVIATION = 0.01;

    private final Linear down;
    private final Linear up;
    private final Activation activation;

    Bottleneck(Wiring wiring, String subLayer, int hidden, int size, Activation activation) {
        down = addChildBlock("down", new Linear(wiring, subLayer + DOWN, hidden, size));
        up = addChildBlock("up", new Linear(wiring, subLayer + UP, size, hidden));
        this.activation = activation;
    }

    final NDArray adapter(NDArray x, boolean training) {
        return up.apply(activation.apply(down.apply(x, training)), training);
    }

    static void requireValid(int size) {
        if (size < 1) {
            throw new InvalidInputException("method.bottleneck must be at least 1, got " + size);
        }
    }

    static InvalidInputException cannotBeMerged(String method) {
        return new InvalidInputException(
                "the adapters of %s are layers that no Hugging Face model has, so no format can hold the run; use the job score"
                        .formatted(method));
    }

    /** Puts the starting tensors of a sub-layer's adapter. */
    static void initial(String subLayer, long hidden, long size, long seed, Map<String, Tensor> tensors) {
        linear(subLayer + DOWN, hidden, size, seed, tensors);
        linear(subLayer + UP, size, hidden, seed, tensors);
    }

    private static void linear(String name, long in, long out, long seed, Map<String, Tensor> tensors) {
        tensors.put(name + ".weight", Draw.normal(DEVIATION, Seeds.of(seed, name), out, in));
        tensors.put(name + ".bias", Draw.zeros(out));
    }
}
