package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Classifies a text by its first token: out(activation(dense(first))), with dropout before both layers. Shapes: hidden (B,
 * T, H) -> logits (B, labels).
 */
final class ClassificationHead extends Head {

    /**
     * What a family calls the layers and puts between them.
     *
     * @param dense name of the first layer
     * @param out name of the last layer
     * @param before dropout rate before the first layer
     * @param after dropout rate before the last layer
     */
    record Design(
            String dense,
            String out,
            HiddenActivation activation,
            ToDoubleFunction<DropoutRates> before,
            ToDoubleFunction<DropoutRates> after)
            implements HeadDesign {

        @Override
        public Map<String, long[]> tensorShapes(EncoderConfig config, int labels) {
            return new TensorShapes()
                    .linear(dense, config.hidden(), config.hidden())
                    .linear(out, config.hidden(), labels)
                    .byName();
        }

        @Override
        public Optional<String> lastLayer() {
            return Optional.of(out);
        }

        /** The first layer at the identity, moved to where the activation is nearly linear. */
        @Override
        public TensorMap open(EncoderConfig config) {
            int hidden = config.hidden();
            Tensor weight = new Tensor(new long[] {hidden, hidden}, new float[hidden * hidden]);
            for (int i = 0; i < hidden; i++) {
                weight.values()[i * hidden + i] = 1;
            }
            Tensor bias = new Tensor(new long[] {hidden}, new float[hidden]);
            Arrays.fill(bias.values(), activation.nearlyLinearAt());
            return new TensorMap(Map.of(dense + ".weight", weight, dense + ".bias", bias));
        }

        @Override
        public Head head(Wiring wiring, EncoderConfig config, int labels) {
            return new ClassificationHead(this, wiring, config, labels);
        }

        @Override
        public String script(EncoderScript encoder) {
            return encoder.fill(
                    "classification.py.txt",
                    Map.of(
                            "dense", EncoderScript.attribute(dense),
                            "pooled", activation.script("dense"),
                            "out", EncoderScript.attribute(out)));
        }
    }

    private final HiddenActivation activation;
    private final Dropout before;
    private final Linear dense;
    private final Dropout after;
    private final Linear out;
    private final int labels;

    private ClassificationHead(Design design, Wiring wiring, EncoderConfig config, int labels) {
        this.labels = labels;
        int hidden = config.hidden();
        DropoutRates rates = config.dropout();
        activation = design.activation();
        before = addChildBlock("dropout_before", wiring.dropout(design.before().applyAsDouble(rates)));
        dense = addChildBlock("dense", new Linear(wiring, design.dense(), hidden, hidden));
        after = addChildBlock("dropout_after", wiring.dropout(design.after().applyAsDouble(rates)));
        out = addChildBlock("out", new Linear(wiring, design.out(), hidden, labels));
    }

    @Override
    protected NDArray read(Encoder encoder, EncoderInput input, boolean training) {
        return encoder.first(input, training);
    }

    @Override
    protected NDArray features(NDArray hidden) {
        return activation.apply(dense.apply(hidden.get(new NDIndex(":, 0")), false));
    }

    @Override
    protected NDArray apply(NDArray hidden, boolean training) {
        NDArray first = hidden.get(new NDIndex(":, 0"));
        NDArray pooled = activation.apply(dense.apply(before.apply(first, training), training));
        return out.apply(after.apply(pooled, training), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), labels)};
    }
}
