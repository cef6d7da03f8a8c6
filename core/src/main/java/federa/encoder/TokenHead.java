package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** One linear layer for every token, after dropout. Shapes: hidden (.., H) -> logits (.., outputs). */
final class TokenHead extends Head {

    /**
     * Classes of tokens.
     *
     * @param name of the layer
     * @param rate of the dropout
     */
    record Tokens(String name, ToDoubleFunction<DropoutRates> rate) implements HeadDesign {

        @Override
        public Map<String, long[]> tensorShapes(EncoderConfig config, int outputs) {
            return new TensorShapes().linear(name, config.hidden(), outputs).byName();
        }

        @Override
        public Optional<String> lastLayer() {
            return Optional.of(name);
        }

        @Override
        public Head head(Wiring wiring, EncoderConfig config, int outputs) {
            return new TokenHead(wiring, name, config, outputs, rate.applyAsDouble(config.dropout()));
        }

        @Override
        public String script(EncoderScript encoder) {
            return encoder.fill("tokens.py.txt", Map.of("name", EncoderScript.attribute(name)));
        }
    }

    /**
     * The ends of a span, without dropout: column 0 is the start, column 1 the end.
     *
     * @param name of the layer
     */
    record Span(String name) implements HeadDesign {

        private static final int ENDS = 2;

        @Override
        public Map<String, long[]> tensorShapes(EncoderConfig config, int outputs) {
            return new TensorShapes().linear(name, config.hidden(), ENDS).byName();
        }

        @Override
        public Optional<String> lastLayer() {
            return Optional.of(name);
        }

        @Override
        public Head head(Wiring wiring, EncoderConfig config, int outputs) {
            return new TokenHead(wiring, name, config, ENDS, 0);
        }

        @Override
        public String script(EncoderScript encoder) {
            return encoder.fill("span.py.txt", Map.of("name", EncoderScript.attribute(name)));
        }
    }

    private final Dropout dropout;
    private final Linear linear;
    private final int outputs;

    private TokenHead(Wiring wiring, String name, EncoderConfig config, int outputs, double rate) {
        this.outputs = outputs;
        dropout = addChildBlock("dropout", wiring.dropout(rate));
        linear = addChildBlock("linear", new Linear(wiring, name, config.hidden(), outputs));
    }

    @Override
    protected NDArray features(NDArray hidden) {
        return hidden;
    }

    @Override
    protected NDArray apply(NDArray hidden, boolean training) {
        return linear.apply(dropout.apply(hidden, training), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape hidden = inputShapes[0];
        return new Shape[] {hidden.slice(0, hidden.dimension() - 1).add(outputs)};
    }
}
