package federa.exchange;

import federa.encoder.EncoderConfig;
import federa.encoder.RelativePositions;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A whole model, encoder and head, as TorchScript's source with its tensors. {@code forward} takes ids (B, T) and an
 * attention mask (B, T), both int64, the mask 0 at padding whatever the ids are there, and gives the head's scores; of a
 * span one array of starts and one of ends.
 *
 * @param text of the class {@code Model}
 * @param tensors its attributes
 */
record ScriptSource(String text, TensorMap tensors) {

    static final String TYPE = "Model";

    /** DeBERTa's rows of positions by distance, which its checkpoint does not have. */
    private static final String ROWS = "rows";

    /**
     * The source of a model.
     *
     * @param forward the resource with the head's part
     */
    static ScriptSource of(TrainedModel model, String forward) throws IOException {
        EncoderConfig config = model.base().config();
        Map<String, Tensor> attributes = new TreeMap<>();
        model.merged().asMap().forEach((name, tensor) -> attributes.put(attribute(name), tensor));
        boolean relative = config.relative() != null;
        StringBuilder text = new StringBuilder("class " + TYPE + "(Module):\n");
        text.append("  __parameters__ = [");
        attributes.keySet().forEach(name -> text.append('"').append(name).append("\", "));
        text.append("]\n  __buffers__ = [")
                .append(relative ? "\"" + ROWS + "\", " : "")
                .append("]\n  training : bool\n");
        if (relative) {
            attributes.put(ROWS, rows(config.relative()));
        }
        attributes.keySet().forEach(name -> text.append("  ").append(name).append(" : Tensor\n"));
        text.append(filled(relative ? "deberta.py.txt" : "roberta.py.txt", values(config)));
        text.append(filled(forward, Map.of()));
        return new ScriptSource(text.toString(), new TensorMap(attributes));
    }

    private static String attribute(String name) {
        return name.replace('.', '_');
    }

    private static String filled(String resource, Map<String, String> values) throws IOException {
        try (InputStream in = ScriptSource.class.getResourceAsStream(resource)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (Map.Entry<String, String> value : values.entrySet()) {
                text = text.replace("${" + value.getKey() + "}", value.getValue());
            }
            return text;
        }
    }

    private static Map<String, String> values(EncoderConfig config) {
        Map<String, String> values = new TreeMap<>();
        boolean relative = config.relative() != null;
        List<String> tensors = layerTensors(config);
        values.put("hidden", Integer.toString(config.hidden()));
        values.put("heads", Integer.toString(config.heads()));
        values.put("headSize", Integer.toString(config.headSize()));
        values.put("eps", Double.toString(config.layerNormEps()));
        values.put("pad", Integer.toString(config.padId()));
        values.put("scale", Double.toString(Math.sqrt((relative ? 3.0 : 1.0) * config.headSize())));
        values.put("lowest", Double.toString(-Float.MAX_VALUE));
        values.put("unpacked", String.join(", ", tensors));
        List<String> calls = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "self." + attribute(config.architecture().prefix() + "encoder.layer." + layer + ".");
            List<String> passed = tensors.stream().map(name -> prefix + name).toList();
            calls.add("    x = self.layer(x, mask, %s[%s])"
                    .formatted(relative ? "byDistance, " : "", String.join(", ", passed)));
        }
        values.put("layers", String.join("\n", calls));
        if (relative) {
            values.put("farthest", Integer.toString(config.relative().farthest()));
            values.put("nearest", Integer.toString(-config.relative().farthest()));
        }
        return values;
    }

    /** The tensors of a layer, in the order in which they are passed. */
    private static List<String> layerTensors(EncoderConfig config) {
        String first = config.architecture().prefix() + "encoder.layer.0.";
        return config.architecture().encoderShapes(config).keySet().stream()
                .filter(name -> name.startsWith(first))
                .map(name -> attribute(name.substring(first.length())))
                .toList();
    }

    /** The rows for the distances up to the farthest that has one of its own; those beyond share the last. */
    private static Tensor rows(RelativePositions relative) {
        int farthest = relative.farthest();
        float[] rows = new float[2 * farthest + 1];
        for (int distance = -farthest; distance <= farthest; distance++) {
            rows[distance + farthest] = relative.row(distance);
        }
        return new Tensor(new long[] {rows.length}, rows);
    }
}
