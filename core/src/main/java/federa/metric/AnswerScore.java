package federa.metric;

import federa.spi.InvalidInputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Exact match and F1 of extracted answers, as SQuAD v1.1 counts them: answers are compared without case, punctuation,
 * articles and superfluous space, a prediction with the gold answer that fits it best.
 *
 * <p>Sums of F1 may differ in their last bits when parts are added in another order.
 *
 * @see <a href="https://arxiv.org/abs/1606.05250">Rajpurkar et al. 2016, section 6.1; the script is evaluate-v1.1</a>
 */
public final class AnswerScore implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final Set<String> ARTICLES = Set.of("a", "an", "the");
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}+"); // ASCII's 32, as in the script

    // Python's idea of words and space, which Java's own classes are not: its \b takes combining marks for letters.
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+");
    private static final Pattern SPACE =
            Pattern.compile("[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+");

    private long questions;
    private long exact;
    private double f1;

    /**
     * Counts a question.
     *
     * @param prediction the answer given
     * @param gold the right ones, at least one
     */
    public void add(String prediction, List<String> gold) {
        if (gold.isEmpty()) {
            throw new InvalidInputException("a question without a gold answer cannot be scored");
        }
        questions++;
        exact += gold.stream().anyMatch(answer -> exact(prediction, answer)) ? 1 : 0;
        f1 += gold.stream().mapToDouble(answer -> f1(prediction, answer)).max().orElseThrow();
    }

    /** The score of both parts together. */
    public AnswerScore plus(AnswerScore other) {
        AnswerScore sum = new AnswerScore();
        sum.questions = questions + other.questions;
        sum.exact = exact + other.exact;
        sum.f1 = f1 + other.f1;
        return sum;
    }

    public long questions() {
        return questions;
    }

    /** The share of questions with an exact match, 0 without a question. */
    public double exactMatch() {
        return questions == 0 ? 0 : (double) exact / questions;
    }

    /** The mean F1 of the questions, 0 without a question. */
    public double f1() {
        return questions == 0 ? 0 : f1 / questions;
    }

    /** Whether two answers are the same. */
    static boolean exact(String prediction, String gold) {
        return normalize(prediction).equals(normalize(gold));
    }

    /** F1 of the words of two answers, repeated ones counted; 0 without a common word, even if neither has any. */
    static double f1(String prediction, String gold) {
        List<String> predicted = words(prediction);
        List<String> left = new ArrayList<>(words(gold));
        int all = left.size();
        long common = predicted.stream().filter(left::remove).count();
        return new Tally(common, predicted.size(), all).f1();
    }

    /** What is compared: lower-case words with single spaces, without punctuation and articles. */
    static String normalize(String answer) {
        return String.join(" ", words(answer));
    }

    private static List<String> words(String answer) {
        String bare = PUNCTUATION.matcher(answer.toLowerCase(Locale.ROOT)).replaceAll("");
        String named = WORD.matcher(bare).replaceAll(word -> ARTICLES.contains(word.group()) ? " " : word.group());
        return Stream.of(SPACE.split(named)).filter(word -> !word.isEmpty()).toList();
    }
}
