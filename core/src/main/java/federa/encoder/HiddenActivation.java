package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import federa.engine.Kernels;
import federa.spi.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What a layer computes element by element, by the names that {@code config.json} has for it. */
public enum HiddenActivation {
    /** The exact Gaussian error linear unit. */
    GELU(4, "torch.gelu(%s)", "gelu", "gelu_python") {
        @Override
        NDArray apply(NDArray x) {
            return Activation.gelu(x);
        }
    },
    /** Its approximation with the hyperbolic tangent. */
    GELU_TANH(
            4,
            "torch.mul(torch.mul(%1$s, 0.5), torch.add(torch.tanh(torch.mul(torch.add(%1$s, torch.mul(torch.pow(%1$s, 3),"
                    + " 0.044715)), 0.7978845608028654)), 1))",
            "gelu_new",
            "gelu_fast",
            "gelu_pytorch_tanh") {
        @Override
        NDArray apply(NDArray x) {
            return Kernels.geluTanh(x);
        }
    },
    /** max(x, 0). */
    RELU(4, "torch.relu(%s)", "relu") {
        @Override
        NDArray apply(NDArray x) {
            return Activation.relu(x);
        }
    },
    /** The hyperbolic tangent. */
    TANH(0, "torch.tanh(%s)", "tanh") {
        @Override
        NDArray apply(NDArray x) {
            return x.tanh();
        }
    };

    private final float nearlyLinearAt;
    private final String script;
    private final List<String> names;

    HiddenActivation(float nearlyLinearAt, String script, String... names) {
        this.nearlyLinearAt = nearlyLinearAt;
        this.script = script;
        this.names = List.of(names);
    }

    /** The activation of an array of any shape, in its own type. */
    abstract NDArray apply(NDArray x);

    /**
     * Where numbers of the size of normalised hidden states are let through almost as they are: 0 for the hyperbolic tangent;
     * well to the right of the bend for those that hold back what is below 0.
     */
    final float nearlyLinearAt() {
        return nearlyLinearAt;
    }

    /** The same in TorchScript. */
    final String script(String x) {
        return script.formatted(x);
    }

    /**
     * The activation of this name in transformers.
     *
     * @param key of {@code config.json} that names it
     * @throws InvalidInputException if it is none of these
     */
    static HiddenActivation of(String key, String name) {
        return Arrays.stream(values())
                .filter(activation -> activation.names.contains(name))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("%s '%s' is not supported, only %s are"
                        .formatted(
                                key,
                                name,
                                Stream.of(values())
                                        .flatMap(a -> a.names.stream())
                                        .toList())));
    }
}
