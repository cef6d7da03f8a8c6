package federa.prepare;

import federa.spi.InvalidInputException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Text without labels, for masked-language modelling: one paragraph a line in .txt files; a file or a folder.
 *
 * <p>The id is split, file and line, so that the order of ids is that of the text; the key is the file.
 *
 * @param train a .txt file or a folder of them
 * @param test a .txt file or a folder of them, or {@code none} for a share of the train rows ({@code data.test-share})
 * @param minCharacters shorter lines, such as headings, and blank ones are skipped
 */
public record Corpus(String train, String test, int minCharacters) implements Source {

    /** Every row needs a label; this one tells nothing. */
    public static final String LABEL = "text";

    public Corpus {
        if (minCharacters < 1) {
            throw new InvalidInputException(
                    "data.source.min-characters must be at least 1, got %d".formatted(minCharacters));
        }
    }

    @Override
    public String name() {
        return "corpus";
    }

    @Override
    public boolean hasClasses() {
        return false;
    }

    @Override
    public Optional<Published> published() {
        return Optional.empty();
    }

    @Override
    public List<String> splits() {
        return TwoSplits.named(test);
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        return TwoSplits.read(spark, train, test, Set.of("txt"), this::open);
    }

    private Rows<?, Labelled> open(SplitFile file, InputStream bytes) {
        Paragraphs lines = new Paragraphs(bytes, minCharacters);
        return new Rows<>(
                lines,
                text -> new Labelled(
                        null,
                        String.format(Locale.ROOT, "%s-%s:%09d", file.split(), file.name(), lines.line()),
                        text,
                        LABEL,
                        file.name()));
    }
}
