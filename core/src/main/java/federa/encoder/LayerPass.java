package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.function.UnaryOperator;

/** How a model's layers run, and how gradients come back through them. Used by one thread, as the model is. */
public abstract sealed class LayerPass permits PlainPass, CheckpointedPass {

    /**
     * Before the layers of a pass.
     *
     * @param context what all of them share
     * @return what they are to be given instead
     */
    abstract AttentionContext begin(AttentionContext context, boolean training);

    /**
     * Runs a layer and gives up its input.
     *
     * @param block whose tensors the layer has
     */
    abstract NDArray through(NDArray input, EncoderLayer block, UnaryOperator<NDArray> layer, boolean training);

    /** Computes the gradient of a scalar with respect to all that trains, and adds it to theirs. */
    abstract void backward(NDArray loss);

    /** A layer's output, in the manager that its input had; all else that it made is closed, and the input. */
    static NDArray only(NDArray input, UnaryOperator<NDArray> layer) {
        NDArray output = beside(input, layer);
        input.close();
        return output;
    }

    /** A layer's output, in the manager that its input has; all else that it made is closed. */
    static NDArray beside(NDArray input, UnaryOperator<NDArray> layer) {
        NDManager outer = input.getManager();
        try (NDManager scope = outer.newSubManager()) {
            input.attach(scope); // what a layer makes belongs to its input's manager
            NDArray output = layer.apply(input);
            output.attach(outer);
            input.attach(outer);
            return output;
        }
    }
}
