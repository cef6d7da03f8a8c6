package federa.encoder;

import federa.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An encoder as TorchScript source: methods of a module whose attributes are the tensors, by their names with {@code _} for
 * a dot. The method {@code encode} takes ids (B, T) and an attention mask (B, T), both int64, the mask 0 at padding
 * whatever the ids are there, and where the encoder knows them token types (B, T) int64, and gives the hidden states (B, T,
 * H). The resources lie beside the family's class or this one, with {@code ${name}} where a value
 * belongs.
 */
public final class EncoderScript {

    private final EncoderConfig config;
    private final List<String> resources;
    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, Tensor> buffers = new TreeMap<>();
    private String layerInput = "";
    private boolean tokenTypes;

    private EncoderScript(EncoderConfig config, List<String> resources) {
        this.config = config;
        this.resources = resources;
    }

    /** A script of these resources, with the sizes that all encoders have. */
    public static EncoderScript of(EncoderConfig config, String... resources) {
        return new EncoderScript(config, List.of(resources))
                .with("prefix", attribute(config.family().prefix()))
                .with("hidden", config.hidden())
                .with("heads", config.heads())
                .with("headSize", config.headSize())
                .with("eps", config.layerNormEps())
                .with("activated", config.activation().script("wide"))
                .with("lowest", -Float.MAX_VALUE);
    }

    /** A value for a placeholder. */
    public EncoderScript with(String name, Object value) {
        values.put(name, value.toString());
        return this;
    }

    /** A tensor that the checkpoint does not have. */
    public EncoderScript withBuffer(String name, Tensor tensor) {
        buffers.put(name, tensor);
        return this;
    }

    /** A variable of {@code encode} that every layer is given beside hidden states and mask. */
    public EncoderScript withLayerInput(String variable) {
        layerInput = variable + ", ";
        return this;
    }

    /** The encoder reads token types. */
    public EncoderScript withTokenTypes() {
        tokenTypes = true;
        return this;
    }

    /** Whether {@code encode} and {@code forward} take token types as their third input. */
    public boolean readsTokenTypes() {
        return tokenTypes;
    }

    /** Tensors that the checkpoint does not have, by the names of their attributes. */
    public Map<String, Tensor> buffers() {
        return Collections.unmodifiableMap(buffers);
    }

    /** The methods. */
    public String text() {
        List<String> tensors = layerTensors();
        List<String> calls = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            String start = "self." + attribute(config.family().prefix() + "encoder.layer." + layer + ".");
            List<String> passed = tensors.stream().map(name -> start + name).toList();
            calls.add("    x = self.layer(x, mask, %s[%s])".formatted(layerInput, String.join(", ", passed)));
        }
        Map<String, String> layers = Map.of("unpacked", String.join(", ", tensors), "layers", String.join("\n", calls));
        StringBuilder text = new StringBuilder();
        resources.forEach(resource -> text.append(fill(resource, layers)));
        return text.toString();
    }

    /** The text of a resource with its values, and those of this encoder. */
    String fill(String resource, Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(values);
        all.putAll(more);
        all.put("inputs", "ids: Tensor, attention_mask: Tensor" + (tokenTypes ? ", token_type_ids: Tensor" : ""));
        all.put("given", "ids, attention_mask" + (tokenTypes ? ", token_type_ids" : ""));
        String text = read(resource);
        for (Map.Entry<String, String> value : all.entrySet()) {
            text = text.replace("${" + value.getKey() + "}", value.getValue());
        }
        return text;
    }

    private String read(String resource) {
        Class<?> family = config.family().getClass();
        Class<?> place = family.getResource(resource) == null ? EncoderScript.class : family;
        try (InputStream in = place.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("while reading the resource " + resource, e);
        }
    }

    /** The tensors of a layer, in the order in which they are passed. */
    private List<String> layerTensors() {
        String first = config.family().prefix() + "encoder.layer.0.";
        return config.family().encoderShapes(config).keySet().stream()
                .filter(name -> name.startsWith(first))
                .map(name -> attribute(name.substring(first.length())))
                .toList();
    }

    /** The name of a tensor as an attribute of the module. */
    public static String attribute(String name) {
        return name.replace('.', '_');
    }
}
