package federa.prepare;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Relations between two marked nouns: {@code id<TAB>"sentence"}, the relation, a comment, a blank line.
 *
 * <p>The marks {@code <e1> </e1> <e2> </e2>} stay in the text, since nothing else says which nouns are meant. The id is the
 * task's own number.
 *
 * @param train TRAIN_FILE.TXT
 * @param test TEST_FILE_FULL.TXT, the one with relations
 * @see <a href="https://aclanthology.org/S10-1006/">Hendrickx et al., 2010</a>
 */
public record SemEval2010Task8(String train, String test) implements Source {

    private static final Pattern SENTENCE = Pattern.compile("(\\d+)\t\"(.*)\"\\s*");
    private static final Pattern RELATION = Pattern.compile("Other|(Cause-Effect|Component-Whole|Content-Container"
            + "|Entity-Destination|Entity-Origin|Instrument-Agency|Member-Collection|Message-Topic|Product-Producer)"
            + "\\((e1,e2|e2,e1)\\)");
    private static final List<String> MARKS = List.of("<e1>", "</e1>", "<e2>", "</e2>");

    @Override
    public String name() {
        return "semeval2010-task8";
    }

    @Override
    public Optional<Published> published() {
        return Optional.of(new Published(8_000, 2_717, 19));
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        return TwoSplits.read(spark, train, test, Set.of("txt"), SemEval2010Task8::open);
    }

    private static Rows<?, Labelled> open(SplitFile file, InputStream bytes) {
        return new Rows<>(new Blocks(bytes), SemEval2010Task8::relation);
    }

    private static Labelled relation(List<String> lines) throws Malformed {
        if (lines.size() != 3 || !lines.get(2).startsWith("Comment:")) {
            throw new Malformed("found %d lines before a blank one, expected three: sentence, relation, 'Comment:'"
                    .formatted(lines.size()));
        }

        Matcher sentence = SENTENCE.matcher(lines.get(0));
        if (!sentence.matches()) {
            throw new Malformed("the first line is not a number, a tab and a sentence in quotes");
        }

        String relation = lines.get(1).strip();
        if (!RELATION.matcher(relation).matches()) {
            throw new Malformed(
                    "'%s' is none of the 19 relations, for instance Cause-Effect(e1,e2)".formatted(relation));
        }

        for (String mark : MARKS) {
            if (!sentence.group(2).contains(mark)) {
                throw new Malformed("the sentence has no %s".formatted(mark));
            }
        }
        return new Labelled(sentence.group(1), sentence.group(2), relation);
    }
}
