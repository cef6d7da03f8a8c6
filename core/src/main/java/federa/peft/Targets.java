package federa.peft;

import federa.encoder.EncoderConfig;
import federa.spi.InvalidInputException;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which linear layers of the encoder carry an adapter, as PEFT's {@code target_modules} says it: each entry is the last
 * part of a layer's name ({@code query}, {@code output.dense}), a regular expression for the whole name, or {@code
 * all-linear}.
 */
public record Targets(List<String> entries) implements Serializable {

    private static final String ALL = "all-linear";

    public Targets {
        if (entries.stream().anyMatch(Objects::isNull)) {
            throw new InvalidInputException("method.targets has an empty entry; name a layer, such as query");
        }
        entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new InvalidInputException("method.targets must name at least one layer, such as query");
        }
        for (String entry : entries) {
            try {
                Pattern.compile(entry);
            } catch (PatternSyntaxException e) {
                throw new InvalidInputException(
                        "method.targets: '%s' is not a name or pattern: %s".formatted(entry, e.getDescription()), e);
            }
        }
    }

    /** True if the layer of this name is a target. */
    public boolean matches(String layer) {
        return entries.stream().anyMatch(entry -> matches(entry, layer));
    }

    private static boolean matches(String entry, String layer) {
        return entry.equals(ALL) || layer.endsWith("." + entry) || Pattern.matches(entry, layer);
    }

    /**
     * The target layers of an encoder by name, each with its shape (out, in).
     *
     * @throws InvalidInputException if an entry matches no layer
     */
    public SortedMap<String, long[]> of(EncoderConfig config) {
        SortedMap<String, long[]> layers = new TreeMap<>(config.family().linearLayers(config));
        for (String entry : entries) {
            if (layers.keySet().stream().noneMatch(layer -> matches(entry, layer))) {
                throw new InvalidInputException("method.targets: '%s' matches no linear layer; the first are %s"
                        .formatted(entry, layers.keySet().stream().limit(6).toList()));
            }
        }
        layers.keySet().removeIf(layer -> !matches(layer));
        return layers;
    }
}
