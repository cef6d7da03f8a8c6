package federa.prepare;

import federa.spi.InvalidInputException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Any files with one word a line, its columns between tabs or spaces, and blank lines between the sentences; a file or a
 * folder.
 *
 * <p>Lines that start with {@code -DOCSTART-} separate as blank ones do. Lines with # above a sentence are comments, unless a
 * tag stands in the tag column.
 *
 * @param train a file or a folder of the train sentences
 * @param test a file or a folder of the test sentences, or {@code none} for a share of the train rows ({@code data.test-share})
 * @param tokenColumn the word's column, from 0, or from -1 backwards
 * @param tagColumn the tag's column, from 0, or from -1 backwards
 * @param scheme of the tags; they are stored in IOB2
 */
public record Conll(String train, String test, int tokenColumn, int tagColumn, TagScheme scheme) implements Source {

    public Conll {
        if (tokenColumn == tagColumn) {
            throw new InvalidInputException(
                    "data.source.token-column and data.source.tag-column are both %d; name two columns"
                            .formatted(tokenColumn));
        }
    }

    @Override
    public String name() {
        return "conll";
    }

    @Override
    public Kind kind() {
        return Kind.ENTITIES;
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
        return TwoSplits.read(
                spark,
                train,
                test,
                Set.of() /* their extensions differ: .conll, .txt, .testb */,
                (file, bytes) -> new Rows<>(
                        new Sentences(bytes, ConllColumns.any(tokenColumn, tagColumn)), new Entities(scheme, null)));
    }
}
