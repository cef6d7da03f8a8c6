package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/**
 * A DJL block whose parameters are bound to their arrays when it is built, so that many models can share one set of
 * frozen arrays. There is nothing left to initialise.
 */
public abstract class BoundBlock extends AbstractBlock {

    /** Runs the block: results belong to the manager of the first input. */
    protected abstract NDArray forward(NDList inputs, boolean training);

    /** Registers an array under its checkpoint name; whether it trains is what the array says. */
    protected final NDArray bind(String name, Parameter.Type type, NDArray array) {
        Parameter parameter = Parameter.builder()
                .setName(name)
                .setType(type)
                .optRequiresGrad(array.hasGradient())
                .build();
        parameter.setArray(array);
        addParameter(parameter);
        return array;
    }

    @Override
    protected final NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return new NDList(forward(inputs, training));
    }

    @Override
    public final boolean isInitialized() {
        return true;
    }

    /** By default a block keeps the shape of its first input. */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}
