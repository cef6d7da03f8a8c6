package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;

/** Layer normalisation over the last axis, with biased variance and eps inside the root. */
final class LayerNorm extends BoundBlock {

    private final Shape normalized;
    private final NDArray weight;
    private final NDArray bias;
    private final float eps;

    LayerNorm(Wiring wiring, String name, int hidden, double eps) {
        normalized = new Shape(hidden);
        weight = bind(name + ".weight", Parameter.Type.GAMMA, wiring.array(name + ".weight", hidden));
        bias = bind(name + ".bias", Parameter.Type.BETA, wiring.array(name + ".bias", hidden));
        this.eps = (float) eps;
    }

    NDArray apply(NDArray input) {
        return ai.djl.nn.norm.LayerNorm.layerNorm(input, normalized, weight, bias, eps)
                .singletonOrThrow();
    }

    @Override
    protected NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.head());
    }
}
