package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import java.util.Map;

/**
 * The masked-language-model head: LayerNorm(gelu(dense(x))) E^T + bias, E being the encoder's own word embeddings, which
 * thus have two uses. Shapes: hidden (.., H) -> logits (.., vocabulary).
 */
final class VocabularyHead extends Head {

    /** What the tensors are called in a checkpoint. */
    record Names(String dense, String norm, String bias) {

        static final Names ROBERTA = new Names("lm_head.dense", "lm_head.layer_norm", "lm_head.bias");
        static final Names DEBERTA = new Names(
                "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias");
    }

    private final Linear dense;
    private final LayerNorm norm;
    private final NDArray words;
    private final NDArray bias;
    private final int vocabulary;

    VocabularyHead(Wiring wiring, Names names, EncoderConfig config) {
        vocabulary = config.vocabulary();
        String table = config.architecture().prefix() + "embeddings.word_embeddings.weight";
        dense = addChildBlock("dense", new Linear(wiring, names.dense(), config.hidden(), config.hidden()));
        norm = addChildBlock("LayerNorm", new LayerNorm(wiring, names.norm(), config.hidden(), config.layerNormEps()));
        words = bind(table, Parameter.Type.WEIGHT, wiring.array(table, vocabulary, config.hidden()));
        bias = bind(names.bias(), Parameter.Type.BIAS, wiring.array(names.bias(), vocabulary));
    }

    @Override
    NDArray apply(NDArray hidden, boolean training) {
        NDArray transformed = norm.apply(Activation.gelu(dense.apply(hidden, training)));
        return ai.djl.nn.core.Linear.linear(transformed, words, bias).singletonOrThrow();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape hidden = inputShapes[0];
        return new Shape[] {hidden.slice(0, hidden.dimension() - 1).add(vocabulary)};
    }

    /** The head's own tensors; the word embeddings belong to the encoder. */
    static Map<String, long[]> tensorShapes(Names names, EncoderConfig config) {
        return new TensorShapes()
                .linear(names.dense(), config.hidden(), config.hidden())
                .norm(names.norm(), config.hidden())
                .add(names.bias(), config.vocabulary())
                .byName();
    }
}
