package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.function.UnaryOperator;

/**
 * How a sub-layer's output h joins its residual x: norm(h + x). An adapter is a subclass that adds its own term. Shapes:
 * all (B, T, H).
 */
public class Joint extends BoundBlock {

    /** The output of the sub-layer. */
    public NDArray apply(NDArray output, NDArray residual, UnaryOperator<NDArray> norm, boolean training) {
        return norm.apply(output.add(residual));
    }

    @Override
    protected final NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.get(0), inputs.get(1), UnaryOperator.identity(), training);
    }
}
