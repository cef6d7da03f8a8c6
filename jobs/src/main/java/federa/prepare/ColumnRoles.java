package federa.prepare;

import federa.spi.InvalidInputException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Which columns of a table hold the text, the label and the client.
 *
 * @param reasons one sentence for each column that was not named but proposed
 */
public record ColumnRoles(String text, String label, Optional<String> client, List<String> reasons) {

    private static final Set<String> TEXTS = Set.of(
            "text",
            "body",
            "content",
            "message",
            "sentence",
            "review",
            "comment",
            "description",
            "document",
            "utterance",
            "question",
            "tweet",
            "note",
            "abstract",
            "query");
    private static final Set<String> LABELS = Set.of(
            "label",
            "labels",
            "class",
            "category",
            "target",
            "topic",
            "sentiment",
            "intent",
            "stars",
            "rating",
            "score",
            "tag",
            "type",
            "y");
    private static final Set<String> CLIENTS = Set.of(
            "client",
            "user",
            "author",
            "owner",
            "device",
            "hospital",
            "clinic",
            "site",
            "bank",
            "branch",
            "court",
            "customer",
            "speaker",
            "store",
            "shop",
            "source",
            "silo",
            "party",
            "writer",
            "reviewer");

    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+|(?<=\\p{Ll})(?=\\p{Lu})");

    /** A number with a fraction: no class, and no reader takes it for one. */
    private static final Pattern FRACTION = Pattern.compile("[-+]?\\d*\\.\\d+([eE][-+]?\\d+)?");

    private static final int LONGEST_LABEL = 80;
    private static final int MOST_LABELS = 500;

    /** How much a telling name counts: as much as four times the length. */
    private static final double NAMED = 4;

    /**
     * The roles of the columns of a table; those that are not given are proposed from the names and the first records.
     *
     * @param client the column that says whose row it is
     * @param proposeClient whether to look for one if it is not given; there may be none
     * @throws InvalidInputException if the table cannot be read, lacks a given column, or no column suits
     */
    public static ColumnRoles of(
            SparkSession spark,
            String path,
            Optional<String> text,
            Optional<String> label,
            Optional<String> client,
            boolean proposeClient) {
        FirstRecords head = FirstRecords.read(spark, path);
        Stream.of(text, label, client).flatMap(Optional::stream).forEach(name -> {
            if (!head.columns().contains(name)) {
                throw new InvalidInputException(Columns.unknown(path, name, head.columns()));
            }
        });
        return new Proposal(head, path).complete(text, label, client, proposeClient);
    }

    /** Looks for columns among the first records. */
    private record Proposal(FirstRecords head, String path) {

        ColumnRoles complete(
                Optional<String> text, Optional<String> label, Optional<String> client, boolean proposeClient) {
            Stream.Builder<String> reasons = Stream.builder();
            Set<String> taken = Set.copyOf(
                    Stream.of(text, label, client).flatMap(Optional::stream).toList());
            String textColumn = text.orElseGet(() -> {
                String found = best(taken, this::textScore)
                        .orElseThrow(() -> none("text", "--text", "a column of different, mostly longer texts"));
                reasons.add("'%s' looks like the text: %s characters in the mean; another column: --text"
                        .formatted(found, Math.round(meanLength(found))));
                return found;
            });
            Set<String> notLabel = Set.copyOf(
                    Stream.concat(taken.stream(), Stream.of(textColumn)).toList());
            String labelColumn = label.orElseGet(() -> {
                String found = best(notLabel, this::labelScore)
                        .orElseThrow(() -> none("label", "--label", "a column of a few short values that recur"));
                reasons.add("'%s' looks like the label: %s different values; another column: --label"
                        .formatted(found, distinct(found)));
                return found;
            });
            Optional<String> clientColumn = client.or(() -> {
                Set<String> others = Set.of(textColumn, labelColumn);
                Optional<String> found = proposeClient ? best(others, this::clientScore) : Optional.empty();
                found.ifPresent(column ->
                        reasons.add("'%s' looks like whose row it is: %s different values; another column: --client"
                                .formatted(column, distinct(column))));
                return found;
            });
            return new ColumnRoles(
                    textColumn, labelColumn, clientColumn, reasons.build().toList());
        }

        private InvalidInputException none(String role, String option, String looked) {
            return new InvalidInputException(
                    "%s: no column looks like the %s (%s); its columns are %s: name one with %s"
                            .formatted(path, role, looked, head.columns(), option));
        }

        private Optional<String> best(Set<String> except, ToDoubleFunction<String> score) {
            return head.columns().stream()
                    .filter(column -> !except.contains(column) && !column.isBlank() && score.applyAsDouble(column) > 0)
                    .max(Comparator.comparingDouble(score)
                            .thenComparing(column -> -head.columns().indexOf(column)));
        }

        /** Long and different texts, not numbers. */
        private double textScore(String column) {
            List<String> values = values(column);
            long wordy = values.stream().filter(Proposal::hasWords).count();
            if (values.isEmpty() || (2 * wordy < values.size() && !isNamed(column, TEXTS))) {
                return 0;
            }
            return meanLength(column) * distinct(column) / values.size() * (isNamed(column, TEXTS) ? NAMED : 1);
        }

        /** Few different short values. */
        private double labelScore(String column) {
            List<String> values = values(column);
            long distinct = distinct(column);
            boolean suits = distinct >= 2
                    && distinct <= Math.min(MOST_LABELS, values.size() / 2)
                    && values.stream().allMatch(value -> value.length() <= LONGEST_LABEL)
                    && values.stream()
                            .noneMatch(value -> FRACTION.matcher(value).matches());
            double recurring = suits ? 1.0 - (double) distinct / values.size() : 0;
            return isNamed(column, LABELS)
                    ? NAMED * recurring
                    : isNamed(column, CLIENTS) ? recurring / NAMED : recurring;
        }

        /** Only a telling name makes a column the client: any label would look like one. */
        private double clientScore(String column) {
            List<String> values = values(column);
            long distinct = distinct(column);
            boolean suits = isNamed(column, CLIENTS) && distinct >= 2 && distinct <= values.size() / 2;
            return suits ? 1.0 - (double) distinct / values.size() : 0;
        }

        private List<String> values(String column) {
            return head.records().stream()
                    .map(record -> record.getOrDefault(column, ""))
                    .filter(value -> !value.isBlank())
                    .toList();
        }

        private long distinct(String column) {
            return values(column).stream().distinct().count();
        }

        private double meanLength(String column) {
            return values(column).stream().mapToInt(String::length).average().orElse(0);
        }

        /** Several words, or a script that writes them without spaces. */
        private static boolean hasWords(String value) {
            return value.strip().indexOf(' ') > 0 || value.codePoints().anyMatch(Character::isIdeographic);
        }

        private static boolean isNamed(String column, Set<String> names) {
            return BETWEEN_WORDS.splitAsStream(column).anyMatch(word -> names.contains(word.toLowerCase(Locale.ROOT)));
        }
    }
}
