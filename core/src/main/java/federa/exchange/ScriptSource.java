package federa.exchange;

import federa.encoder.EncoderConfig;
import federa.encoder.EncoderScript;
import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A whole model, encoder and head, as TorchScript's source with its tensors. {@code forward} takes ids (B, T) and an
 * attention mask (B, T), both int64, the mask 0 at padding whatever the ids are there, and where the encoder reads them
 * token types (B, T) int64, and gives the head's scores; of a span one array of starts and one of ends.
 *
 * @param text of the class {@code Model}
 * @param tensors its attributes
 * @param readsTokenTypes whether {@code forward} takes token types
 */
record ScriptSource(String text, TensorMap tensors, boolean readsTokenTypes) {

    static final String TYPE = "Model";

    /**
     * The source of a model.
     *
     * @throws InvalidInputException if its head is not for use elsewhere
     */
    static ScriptSource of(TrainedModel model) {
        EncoderConfig config = model.base().config();
        EncoderScript encoder = config.family().script(config);
        Map<String, Tensor> parameters = new TreeMap<>();
        model.merged().asMap().forEach((name, tensor) -> parameters.put(EncoderScript.attribute(name), tensor));
        Map<String, Tensor> attributes = new TreeMap<>(parameters);
        attributes.putAll(encoder.buffers());
        StringBuilder text = new StringBuilder("class " + TYPE + "(Module):\n");
        text.append("  __parameters__ = ").append(list(parameters));
        text.append("\n  __buffers__ = ").append(list(encoder.buffers()));
        text.append("\n  training : bool\n");
        attributes.keySet().forEach(name -> text.append("  ").append(name).append(" : Tensor\n"));
        text.append(encoder.text());
        text.append(config.family().head(model.head()).script(encoder));
        return new ScriptSource(text.toString(), new TensorMap(attributes), encoder.readsTokenTypes());
    }

    private static String list(Map<String, Tensor> attributes) {
        StringBuilder names = new StringBuilder("[");
        attributes.keySet().forEach(name -> names.append('"').append(name).append("\", "));
        return names.append(']').toString();
    }
}
