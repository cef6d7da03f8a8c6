package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import federa.spi.InvalidInputException;
import java.util.Map;
import java.util.function.Function;

/**
 * The masked-language-model head: LayerNorm(activation(dense(x))) E^T + bias, E being the encoder's own word embeddings,
 * which thus have two uses. Shapes: hidden (.., H) -> logits (.., vocabulary).
 */
final class VocabularyHead extends Head {

    /**
     * What a family calls the tensors.
     *
     * @param dense name of the layer
     * @param norm name of its LayerNorm
     * @param bias name of the scores' bias
     * @param activation between the two
     */
    record Design(String dense, String norm, String bias, Function<EncoderConfig, HiddenActivation> activation)
            implements HeadDesign {

        /** The head's own tensors; the word embeddings belong to the encoder. */
        @Override
        public Map<String, long[]> tensorShapes(EncoderConfig config, int outputs) {
            return new TensorShapes()
                    .linear(dense, config.hidden(), config.hidden())
                    .norm(norm, config.hidden())
                    .add(bias, config.vocabulary())
                    .byName();
        }

        @Override
        public Head head(Wiring wiring, EncoderConfig config, int outputs) {
            return new VocabularyHead(this, wiring, config);
        }

        @Override
        public String script(EncoderScript encoder) {
            throw new InvalidInputException(
                    "a masked-language-model head is for further training, not for DJL; use --format hugging-face");
        }
    }

    private final HiddenActivation activation;
    private final Linear dense;
    private final LayerNorm norm;
    private final NDArray words;
    private final NDArray bias;
    private final int vocabulary;

    private VocabularyHead(Design design, Wiring wiring, EncoderConfig config) {
        vocabulary = config.vocabulary();
        activation = design.activation().apply(config);
        String table = config.wordTable();
        dense = addChildBlock("dense", new Linear(wiring, design.dense(), config.hidden(), config.hidden()));
        norm = addChildBlock("LayerNorm", new LayerNorm(wiring, design.norm(), config.hidden(), config.layerNormEps()));
        words = bind(table, Parameter.Type.WEIGHT, wiring.array(table, vocabulary, config.hidden()));
        bias = bind(design.bias(), Parameter.Type.BIAS, wiring.array(design.bias(), vocabulary));
    }

    @Override
    protected NDArray features(NDArray hidden) {
        throw new UnsupportedOperationException(
                "the last layer of a masked-language-model head is the word embeddings");
    }

    @Override
    protected NDArray apply(NDArray hidden, boolean training) {
        NDArray transformed = norm.apply(activation.apply(dense.apply(hidden, training)));
        return ai.djl.nn.core.Linear.linear(transformed, words, bias).singletonOrThrow();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape hidden = inputShapes[0];
        return new Shape[] {hidden.slice(0, hidden.dimension() - 1).add(vocabulary)};
    }
}
