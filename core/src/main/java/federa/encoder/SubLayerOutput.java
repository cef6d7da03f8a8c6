package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** The end of a sub-layer: LN(dropout(dense(x)) + residual), x (B, T, in), residual (B, T, H) -> (B, T, H). */
final class SubLayerOutput extends BoundBlock {

    private final Linear dense;
    private final Dropout dropout;
    private final LayerNorm norm;
    private final Joint joint;

    SubLayerOutput(Wiring wiring, String name, int in, EncoderConfig config) {
        dense = addChildBlock("dense", wiring.linear(name + ".dense", in, config.hidden()));
        dropout = addChildBlock("dropout", wiring.dropout(config.dropout().hidden()));
        norm = addChildBlock(
                "LayerNorm", new LayerNorm(wiring, name + ".LayerNorm", config.hidden(), config.layerNormEps()));
        joint = addChildBlock("joint", wiring.joint(name, config.hidden()));
    }

    NDArray apply(NDArray x, NDArray residual, boolean training) {
        NDArray output = dropout.apply(dense.apply(x, training), training);
        return joint.apply(output, residual, norm::apply, training);
    }

    @Override
    protected NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.get(0), inputs.get(1), training);
    }
}
