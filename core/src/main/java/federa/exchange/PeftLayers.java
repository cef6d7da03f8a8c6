package federa.exchange;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The layers for which PEFT loads an adapter: those that {@code target_modules} names and {@code exclude_modules} does not, in
 * the encoder's layers of {@code layers_to_transform} if there are any. PEFT passes over a file's tensors of other layers.
 *
 * @param targets each matches the whole name of a layer; none if the file does not name any, as in a state dict of old
 * @param excluded the same
 * @param numbers of the encoder's layers; empty for all of them
 * @param number finds such a number in a layer's name, as its first group
 * @see <a href="https://huggingface.co/docs/peft/package_reference/lora">LoraConfig</a>
 */
record PeftLayers(List<Pattern> targets, List<Pattern> excluded, Set<Integer> numbers, List<Pattern> number) {

    private static final String ALL = "all-linear";

    private static final Pattern NUMBER = Pattern.compile(".*\\.[^.]*\\.(\\d+)\\..*");

    /** The layers of these names, or of names with these ends. */
    static PeftLayers named(List<String> targets) {
        return new PeftLayers(targets.stream().map(PeftLayers::ending).toList(), List.of(), Set.of(), List.of(NUMBER));
    }

    static PeftLayers of(JsonObject json) {
        Set<Integer> numbers = new TreeSet<>();
        PeftConfig.texts(json.get("layers_to_transform")).forEach(text -> numbers.add(Integer.valueOf(text)));
        List<Pattern> number = new ArrayList<>();
        for (String pattern : PeftConfig.texts(json.get("layers_pattern"))) {
            if (!pattern.isEmpty()) {
                number.add(Pattern.compile(".*\\." + pattern + "\\.(\\d+)\\..*"));
            }
        }
        if (number.isEmpty()) {
            number.add(NUMBER);
        }
        return new PeftLayers(
                names(json.get("target_modules")), names(json.get("exclude_modules")), numbers, List.copyOf(number));
    }

    /** One text is a regular expression for whole names, a list has names or the ends of names. */
    private static List<Pattern> names(JsonElement value) {
        if (!PeftConfig.isSet(value)) {
            return List.of();
        }
        return PeftConfig.texts(value).stream()
                .map(text -> value.isJsonArray() || text.equals(ALL) ? ending(text) : Pattern.compile(text))
                .toList();
    }

    private static Pattern ending(String name) {
        return Pattern.compile(name.equals(ALL) ? ".*" : "(.*\\.)?" + Pattern.quote(name));
    }

    /** True if PEFT loads an adapter for the layer of this name. */
    boolean include(String layer) {
        return (targets.isEmpty() || matches(targets, layer))
                && !matches(excluded, layer)
                && (numbers.isEmpty() || number.stream().anyMatch(pattern -> hasNumber(pattern, layer)));
    }

    private boolean hasNumber(Pattern pattern, String layer) {
        Matcher matcher = pattern.matcher(layer);
        return matcher.matches() && numbers.contains(Integer.valueOf(matcher.group(1)));
    }

    private static boolean matches(List<Pattern> patterns, String layer) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(layer).matches());
    }
}
