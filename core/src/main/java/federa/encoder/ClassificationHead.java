package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * RoBERTa's sequence head: out_proj(tanh(dense(first token))), dropout before both. Shapes: hidden (B, T, H) -> logits
 * (B, labels). It is trained and aggregated with the adapters.
 */
public final class ClassificationHead extends BoundBlock {

    /** What every tensor name of the head starts with. */
    public static final String PREFIX = "classifier.";

    private final Dropout dropout;
    private final Linear dense;
    private final Linear outProj;
    private final int labels;

    public ClassificationHead(Wiring wiring, EncoderConfig config, int labels) {
        this.labels = labels;
        dropout = addChildBlock("dropout", wiring.dropout(config.headDropout()));
        dense = addChildBlock("dense", new Linear(wiring, PREFIX + "dense", config.hidden(), config.hidden()));
        outProj = addChildBlock("out_proj", new Linear(wiring, PREFIX + "out_proj", config.hidden(), labels));
    }

    NDArray apply(NDArray hidden, boolean training) {
        NDArray first = hidden.get(new NDIndex(":, 0"));
        NDArray pooled = dense.apply(dropout.apply(first, training), training).tanh();
        return outProj.apply(dropout.apply(pooled, training), training);
    }

    @Override
    NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.head(), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), labels)};
    }

    /** The names and shapes of the head's tensors. */
    public static Map<String, long[]> tensorShapes(EncoderConfig config, int labels) {
        long hidden = config.hidden();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(PREFIX + "dense.weight", new long[] {hidden, hidden});
        shapes.put(PREFIX + "dense.bias", new long[] {hidden});
        shapes.put(PREFIX + "out_proj.weight", new long[] {labels, hidden});
        shapes.put(PREFIX + "out_proj.bias", new long[] {labels});
        return shapes;
    }
}
