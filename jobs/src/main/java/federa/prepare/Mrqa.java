package federa.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import federa.spi.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The shared task on machine reading: six question answering data sets in one form, one file each.
 *
 * <p>An answer is what stands in the context at the spans of {@code detected_answers}, whose ends are inclusive.
 *
 * @param train a .jsonl file, or a folder of them
 * @param test a .jsonl file or a folder of them, or {@code none} for a share of the train rows ({@code data.test-share})
 * @param trainPerSource take the first so many questions of each train file, since a source is one file; 0: all.
 *     FedNLP: 10,000
 * @param testPerSource likewise. FedNLP: 500
 * @see <a href="https://arxiv.org/abs/1910.09753">Fisch et al., 2019</a>
 */
public record Mrqa(String train, String test, long trainPerSource, long testPerSource) implements Source {

    private static final Pattern ARTICLES = Pattern.compile("\\b(a|an|the)\\b");
    private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}\\p{N}]+");

    public Mrqa {
        if (trainPerSource < 0 || testPerSource < 0) {
            throw new InvalidInputException(
                    "data.source.train-per-source and data.source.test-per-source must be 0 (all) or more, got %d and %d"
                            .formatted(trainPerSource, testPerSource));
        }
    }

    @Override
    public String name() {
        return "mrqa";
    }

    @Override
    public Kind kind() {
        return Kind.QUESTIONS;
    }

    @Override
    public Optional<Published> published() {
        return trainPerSource == 0 && testPerSource == 0
                ? Optional.of(new Published(516_819, 58_221, 0))
                : Optional.empty();
    }

    @Override
    public List<String> splits() {
        return TwoSplits.named(test);
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        return TwoSplits.read(
                spark,
                train,
                test,
                Set.of("jsonl"),
                (file, bytes) -> new Rows<>(
                        MrqaQuestions.open(file, bytes), new Questions("qid", Mrqa::gold), limit(file.split())));
    }

    private long limit(String split) {
        long perSource = split.equals("train") ? trainPerSource : testPerSource;
        return perSource == 0 ? Long.MAX_VALUE : perSource;
    }

    private static void gold(JsonNode question, Answers answers) throws Malformed {
        for (JsonNode answer : question.path("detected_answers")) {
            String text = JsonText.required(answer, "text");
            for (JsonNode span : answer.path("char_spans")) {
                if (!span.path(0).isInt() || !span.path(1).isInt()) {
                    throw new Malformed("the span %s is not [first, last]".formatted(span));
                }

                int first = span.path(0).intValue();
                String found = answers.between(first, span.path(1).intValue());
                if (!normal(found).equals(normal(text))) {
                    throw new Malformed("the answer '%s' is not at character %d of the context, where '%s' is"
                            .formatted(text, first, found));
                }
                answers.add(first, found);
            }
        }
    }

    /** Some sources give the text of an answer as the task's scoring compares it: no case, no punctuation, no articles. */
    private static String normal(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return NO_LETTERS.matcher(ARTICLES.matcher(lower).replaceAll("")).replaceAll("");
    }
}
