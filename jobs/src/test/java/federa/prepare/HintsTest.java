package federa.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HintsTest {

    private static final Source COLUMNS = new Columns("a.csv", "b.csv", "text", "label", "none", "none");

    @Test
    void labelsThatLookAlikeAreNamedSoThatTheyCanBeToldApart() {
        assertThat(hints(Set.of(
                        "good", "Good", "fine\u00a0day", "fine day", "caf\u00e9", "cafe\u0301", "x\u200b", "x", "y")))
                .containsExactlyInAnyOrder(
                        "the labels 'Good' and 'good' look alike but are different classes; write them alike if they are"
                                + " meant to be one",
                        "the labels 'fine day' and 'fine\\u00a0day' look alike but are different classes; write them alike"
                                + " if they are meant to be one",
                        "the labels 'cafe\\u0301' and 'caf\u00e9' look alike but are different classes; write them alike if"
                                + " they are meant to be one",
                        "the labels 'x' and 'x\\u200b' look alike but are different classes; write them alike if they are"
                                + " meant to be one");
        assertThat(hints(Set.of("1", "01", "1.0", "a b", "ab", "\u03b1"))).isEmpty();
    }

    @Test
    void aSingleClassIsNothingToTellApart() {
        assertThat(hints(Set.of("a\rb")))
                .containsExactly("all train rows have the label 'a\\rb', so there is nothing to tell apart");
    }

    private static List<String> hints(Set<String> labels) {
        TreeMap<String, SortedSet<String>> classes = new TreeMap<>();
        classes.put("train", new TreeSet<>(labels));
        return Hints.of(COLUMNS, new Counts(new TreeMap<>(), classes, 0, new TreeMap<>(Map.of()), List.of()));
    }
}
