package federa.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The size of a data set as its authors state it.
 *
 * @param labels classes of texts, types of entities; 0 where there is neither
 */
public record Published(long train, long test, int labels) {

    /** One sentence with both numbers for each count that differs; empty if all are equal. */
    public List<String> differences(Counts counts) {
        List<String> differences = new ArrayList<>();
        compare("train rows", counts.rows("train"), train, differences);
        compare("test rows", counts.rows("test"), test, differences);
        compare("labels", counts.classes().size(), labels, differences);
        return differences;
    }

    private static void compare(String what, long found, long expected, List<String> differences) {
        if (found != expected) {
            differences.add(
                    String.format(Locale.ROOT, "found %,d %s, the published data set has %,d", found, what, expected));
        }
    }
}
