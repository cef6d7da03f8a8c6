package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The Stanford Sentiment Treebank, two classes, as GLUE distributes it: {@code sentence<TAB>label} under a header.
 *
 * @param train train.tsv or train.tsv.gz
 * @param test dev.tsv: GLUE publishes no labels for its test.tsv, so every paper reports on dev
 * @see <a href="https://aclanthology.org/D13-1170/">Socher et al., 2013</a>
 */
public record Sst2(String train, String test) implements Source {

    private static final Map<String, String> NAMES = Map.of("0", "negative", "1", "positive");
    private static final List<String> HEADER = List.of("sentence", "label");

    @Override
    public String name() {
        return "sst2";
    }

    @Override
    public Optional<Published> published() {
        return Optional.of(new Published(67_349, 872, 2));
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        return TwoSplits.read(spark, train, test, Set.of("tsv"), Sst2::open);
    }

    private static Rows<?, Labelled> open(SplitFile file, InputStream bytes) throws IOException {
        Tsv lines = new Tsv(bytes);
        try {
            List<String> header = lines.next();
            if (!HEADER.equals(header)) {
                throw new Unusable(
                        1,
                        "the header is %s, expected %s; GLUE's test.tsv has no labels, use dev.tsv"
                                .formatted(header, HEADER));
            }
        } catch (Malformed e) {
            throw new Unusable(1, "in the header, " + e.getMessage());
        }
        return new Rows<>(lines, Sst2::sentence);
    }

    private static Labelled sentence(List<String> fields) throws Malformed {
        if (fields.size() != 2) {
            throw new Malformed("found %d fields between tabs, expected 2".formatted(fields.size()));
        }

        String label = NAMES.get(fields.get(1));
        if (label == null) {
            throw new Malformed("the label is '%s', expected 0 or 1".formatted(fields.get(1)));
        }
        return new Labelled(null, fields.get(0).strip(), label);
    }
}
