package federa.prepare;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What is legal but most likely not meant: each hint is a sentence. */
final class Hints {

    private Hints() {}

    /** What the counts tell. */
    static List<String> of(Source source, Counts counts) {
        List<String> hints = new ArrayList<>();
        if (!source.hasClasses() || source.kind() == Kind.QUESTIONS) {
            return hints;
        }

        SortedSet<String> trained = counts.classes("train");
        if (source.kind() == Kind.TEXTS && trained.size() == 1) {
            hints.add("all train rows have the label '%s', so there is nothing to tell apart"
                    .formatted(Printable.of(trained.first())));
        }
        if (source.kind() == Kind.ENTITIES && trained.isEmpty()) {
            hints.add("no train sentence has an entity, so there is nothing to find");
        }
        SortedSet<String> untrained = new TreeSet<>(counts.classes("test"));
        untrained.removeAll(trained);
        if (!untrained.isEmpty()) {
            hints.add("test labels %s do not occur in train and cannot be learnt".formatted(Printable.of(untrained)));
        }
        alike(counts.classes())
                .forEach(labels -> hints.add(
                        "the labels %s look alike but are different classes; write them alike if they are meant to be one"
                                .formatted(quoted(labels))));
        return hints;
    }

    /** How many test rows a train row has word for word, which makes a metric look better than it is; 0 or more. */
    static long repeated(Dataset<Row> usable) {
        Column content = xxhash64(col("text"), coalesce(col("question"), lit("")));
        Row both = usable.select(
                        content.as("content"),
                        when(col("split").equalTo("train"), 1).otherwise(0).as("train"),
                        when(col("split").equalTo("test"), 1).otherwise(0).as("test"))
                .groupBy("content")
                .agg(sum("train").as("train"), sum("test").as("test"))
                .where("train > 0 and test > 0")
                .agg(count(lit(1)), coalesce(sum("test"), lit(0L)))
                .first();
        return both.getLong(1);
    }

    /** Groups of labels that a reader can hardly tell apart: by case, white space, invisible characters or composition. */
    static List<SortedSet<String>> alike(Collection<String> labels) {
        SortedMap<String, SortedSet<String>> groups = new TreeMap<>();
        labels.forEach(label ->
                groups.computeIfAbsent(seen(label), seen -> new TreeSet<>()).add(label));
        return groups.values().stream().filter(group -> group.size() > 1).toList();
    }

    private static String seen(String label) {
        return Normalizer.normalize(label, Normalizer.Form.NFKC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[\\p{Cf}\\p{Cc}&&[^\\s]]+", "")
                .replaceAll("[\\s\\p{Z}]+", " ")
                .strip();
    }

    private static String quoted(Collection<String> labels) {
        return labels.stream()
                .map(label -> "'" + spelled(label) + "'")
                .reduce((a, b) -> a + " and " + b)
                .orElse("");
    }

    /** Two labels that differ only in how an accent is composed would be printed alike. */
    private static String spelled(String label) {
        StringBuilder spelled = new StringBuilder();
        for (int character : Printable.of(label).codePoints().toArray()) {
            int type = Character.getType(character);
            boolean combines = type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
            spelled.append(combines ? "\\u%04x".formatted(character) : Character.toString(character));
        }
        return spelled.toString();
    }
}
