package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/** One linear layer for every token, after dropout. Shapes: hidden (.., H) -> logits (.., outputs). */
final class TokenHead extends Head {

    /** The layer's name where it classifies tokens. */
    static final String CLASSIFIER = "classifier";

    /** The layer's name where it finds a span: column 0 is the start, column 1 the end. */
    static final String SPAN = "qa_outputs";

    private final Dropout dropout;
    private final Linear linear;
    private final int outputs;

    TokenHead(Wiring wiring, String name, EncoderConfig config, int outputs, double rate) {
        this.outputs = outputs;
        dropout = addChildBlock("dropout", wiring.dropout(rate));
        linear = addChildBlock("linear", new Linear(wiring, name, config.hidden(), outputs));
    }

    @Override
    NDArray apply(NDArray hidden, boolean training) {
        return linear.apply(dropout.apply(hidden, training), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape hidden = inputShapes[0];
        return new Shape[] {hidden.slice(0, hidden.dimension() - 1).add(outputs)};
    }

    static Map<String, long[]> tensorShapes(String name, EncoderConfig config, int outputs) {
        return new TensorShapes().linear(name, config.hidden(), outputs).byName();
    }
}
