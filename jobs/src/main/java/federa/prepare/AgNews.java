package federa.prepare;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * AG's news topics: {@code "class","title","description"} in .csv, and for subsets {@code description<TAB>class name} in .tsv.
 *
 * <p>Quotes are doubled inside quoted fields. A backslash is what the authors left of a line break, not an escape (some fields
 * end with one, right before the closing quote), so it becomes a space.
 *
 * @param train train.csv, or a part of it; .gz is fine
 * @param test test.csv; .gz is fine
 * @see <a href="https://arxiv.org/abs/1509.01626">Zhang, Zhao and LeCun, 2015</a>
 */
public record AgNews(String train, String test) implements Source {

    private static final List<String> CLASSES = List.of("World", "Sports", "Business", "Sci/Tech");

    @Override
    public String name() {
        return "ag-news";
    }

    @Override
    public Optional<Published> published() {
        return Optional.of(new Published(120_000, 7_600, CLASSES.size()));
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        return TwoSplits.read(spark, train, test, Set.of("csv", "tsv"), AgNews::open);
    }

    private static Rows<?, Labelled> open(SplitFile file, InputStream bytes) {
        return file.type().equals("tsv")
                ? new Rows<>(new Tsv(bytes), AgNews::description)
                : new Rows<>(new Csv(bytes), AgNews::article);
    }

    private static Labelled article(List<String> fields) throws Malformed {
        if (fields.size() != 3) {
            throw new Malformed(
                    "found %d fields, expected \"class\",\"title\",\"description\"".formatted(fields.size()));
        }

        String number = fields.get(0).strip();
        if (!number.matches("[1-4]")) {
            throw new Malformed("the class is '%s', expected 1 to 4".formatted(number));
        }
        String text = plain(fields.get(1)) + " " + plain(fields.get(2));
        return new Labelled(null, text.strip(), CLASSES.get(Integer.parseInt(number) - 1));
    }

    private static Labelled description(List<String> fields) throws Malformed {
        if (fields.size() != 2) {
            throw new Malformed(
                    "found %d fields between tabs, expected description and class name".formatted(fields.size()));
        }

        String label = fields.get(1).strip();
        if (!CLASSES.contains(label)) {
            throw new Malformed("the class is '%s', expected one of %s".formatted(label, CLASSES));
        }
        return new Labelled(null, plain(fields.get(0)), label);
    }

    private static String plain(String field) {
        return field.replaceAll("[\\\\\\s]+", " ").strip();
    }
}
