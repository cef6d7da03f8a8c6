package federa.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What each key of an experiment means, in one sentence: the resource {@code meanings.tsv}, which a test makes from the javadoc
 * of the records that an experiment is bound to.
 */
final class Meanings {

    static final Meanings STANDARD = new Meanings(Resource.text("meanings.tsv"));

    private final List<Meaning> all = new ArrayList<>();

    /** @param choice the kind or format that the key belongs to, empty if it is always there */
    private record Meaning(String key, String choice, String sentence) {}

    private Meanings(String lines) {
        lines.lines().forEach(line -> {
            String[] fields = line.split("\t", -1);
            all.add(new Meaning(fields[0], fields[1], fields[2]));
        });
    }

    /** The meaning of a key in this experiment, empty for the keys of a baseline, which are those of the experiment. */
    String of(String key, JsonNode experiment) {
        return all.stream()
                .filter(meaning -> meaning.key().equals(key) || key.startsWith(meaning.key() + "."))
                .filter(meaning ->
                        meaning.choice().isEmpty() || chosen(key, experiment).contains(meaning.choice()))
                .findFirst()
                .map(Meaning::sentence)
                .orElse("");
    }

    /** All keys, of whatever choice. */
    SortedSet<String> keys() {
        SortedSet<String> keys = new TreeSet<>();
        all.forEach(meaning -> keys.add(meaning.key()));
        return keys;
    }

    private static List<String> chosen(String key, JsonNode experiment) {
        int dot = key.lastIndexOf('.');
        JsonNode part = dot < 0 ? experiment : Leaves.at(experiment, key.substring(0, dot));
        return List.of(part.path("kind").asText(), part.path("format").asText());
    }
}
