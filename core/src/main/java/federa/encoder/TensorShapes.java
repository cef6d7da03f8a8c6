package federa.encoder;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Collects the names and shapes of a model's tensors, part by part. */
final class TensorShapes {

    private final Map<String, long[]> shapes = new LinkedHashMap<>();

    TensorShapes add(String name, long... shape) {
        shapes.put(name, shape);
        return this;
    }

    TensorShapes linear(String name, long in, long out) {
        return add(name + ".weight", out, in).add(name + ".bias", out);
    }

    TensorShapes norm(String name, long hidden) {
        return add(name + ".weight", hidden).add(name + ".bias", hidden);
    }

    /** A transformer layer whose attention projections have these names. */
    TensorShapes layer(String name, EncoderConfig config, String... projections) {
        long hidden = config.hidden();
        for (String projection : projections) {
            linear(name + ".attention.self." + projection, hidden, hidden);
        }
        linear(name + ".attention.output.dense", hidden, hidden);
        norm(name + ".attention.output.LayerNorm", hidden);
        linear(name + ".intermediate.dense", hidden, config.feedForward());
        linear(name + ".output.dense", config.feedForward(), hidden);
        return norm(name + ".output.LayerNorm", hidden);
    }

    Map<String, long[]> byName() {
        return Collections.unmodifiableMap(shapes);
    }
}
