package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import federa.engine.Kernels;

/** x W^T + b, with x (.., in), W (out, in), b (out); an adapter is a subclass that adds its own term. */
public class Linear extends BoundBlock {

    private final String name;
    private final int out;
    private final NDArray weight;
    private final NDArray bias;

    /** Binds {@code name.weight} (out, in) and {@code name.bias} (out). */
    public Linear(Wiring wiring, String name, int in, int out) {
        this.name = name;
        this.out = out;
        weight = bind(name + ".weight", Parameter.Type.WEIGHT, wiring.array(name + ".weight", out, in));
        bias = bind(name + ".bias", Parameter.Type.BIAS, wiring.array(name + ".bias", out));
    }

    /** Binds a further tensor of this layer: {@code name.suffix}. */
    protected final NDArray bindAdapter(String suffix, NDArray array) {
        return bind(name + "." + suffix, Parameter.Type.WEIGHT, array);
    }

    /** (.., in) to (.., out). */
    public NDArray apply(NDArray input, boolean training) {
        return Kernels.linear(input, weight, bias);
    }

    @Override
    protected final NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.head(), training);
    }

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape input = inputShapes[0];
        return new Shape[] {input.slice(0, input.dimension() - 1).add(out)};
    }
}
