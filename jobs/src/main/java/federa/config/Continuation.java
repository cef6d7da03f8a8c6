package federa.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A run's stored experiment beside the one that it is to go on with. A key that nobody set, then and now, has its stored
 * value: defaults may change between versions, and must not change a run.
 */
final class Continuation {

    private final ObjectNode stored;
    private final ObjectNode now;
    private final List<String> mayChange;
    private final Set<String> storedDefaults;
    private final Set<String> defaults;

    Continuation(ObjectNode stored, ObjectNode now, List<String> mayChange) {
        this.stored = stored;
        this.now = now;
        this.mayChange = mayChange;
        this.storedDefaults = defaulted(stored);
        this.defaults = defaulted(now);
    }

    /** The keys in which they differ though they must not, each with both values. */
    List<String> differences() {
        Map<String, String> before = Leaves.of(stored);
        Map<String, String> after = Leaves.of(now);
        Set<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            String was = before.getOrDefault(key, "absent");
            String is = after.getOrDefault(key, "absent");
            if (!was.equals(is) && !mayChange(key) && !keeps(key)) {
                differences.add("%s was %s, now %s".formatted(key, was, is));
            }
        }
        return differences;
    }

    /** The stored experiment with what may change as it is now. */
    ObjectNode tree() {
        ObjectNode tree = stored.deepCopy();
        Leaves.of(stored).keySet().stream().filter(this::changes).forEach(key -> Leaves.remove(tree, key));
        Leaves.nodes(now, node -> false).forEach((key, value) -> {
            if (changes(key)) {
                Leaves.put(tree, key, value);
            }
        });
        Set<String> defaulted = new TreeSet<>(defaults);
        defaulted.addAll(storedDefaults);
        Set<String> set = new TreeSet<>(Leaves.of(now).keySet());
        set.removeAll(defaults);
        defaulted.removeAll(set);
        defaulted.retainAll(Leaves.of(tree).keySet());
        ArrayNode list = tree.putArray(Experiment.DEFAULTED);
        defaulted.forEach(list::add);
        return tree;
    }

    private boolean changes(String key) {
        return mayChange(key) && !keeps(key);
    }

    private boolean mayChange(String key) {
        return key.equals(Experiment.DEFAULTED)
                || mayChange.stream().anyMatch(path -> key.equals(path) || key.startsWith(path + "."));
    }

    /** True if the key has its stored value, or none, since neither experiment sets it. */
    private boolean keeps(String key) {
        boolean unsetBefore = storedDefaults.contains(key) || !has(stored, key);
        boolean unsetNow = defaults.contains(key) || !has(now, key);
        return unsetBefore && unsetNow;
    }

    private static boolean has(JsonNode tree, String key) {
        return !Leaves.at(tree, key).isMissingNode();
    }

    private static Set<String> defaulted(ObjectNode tree) {
        Set<String> keys = new TreeSet<>();
        tree.path(Experiment.DEFAULTED).forEach(key -> keys.add(key.textValue()));
        return keys;
    }
}
