package federa.prepare;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The order of a data set's labels, which is that of a head's rows: labels that are all numbers come in the order of the
 * numbers, as in files that number their classes; others in that of their UTF-16 units.
 */
final class LabelOrder {

    /** No exponents: a few digits of them would stand for a number of gigabytes. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,100}(\\.[0-9]{1,100})?");

    private LabelOrder() {}

    static List<String> of(Collection<String> labels) {
        Comparator<String> byText = Comparator.naturalOrder();
        boolean numbers = labels.stream().allMatch(NUMBER.asMatchPredicate());
        return labels.stream()
                .sorted(
                        numbers
                                ? Comparator.comparing((String label) -> new BigDecimal(label))
                                        .thenComparing(byText)
                                : byText)
                .toList();
    }
}
