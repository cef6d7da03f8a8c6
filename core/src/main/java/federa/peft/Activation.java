package federa.peft;

import ai.djl.ndarray.NDArray;

/** The nonlinearity inside a bottleneck adapter. */
public enum Activation {
    RELU {
        @Override
        NDArray apply(NDArray x) {
            return ai.djl.nn.Activation.relu(x);
        }
    },
    /** The exact one, with the error function. */
    GELU {
        @Override
        NDArray apply(NDArray x) {
            return ai.djl.nn.Activation.gelu(x);
        }
    };

    abstract NDArray apply(NDArray x);
}
