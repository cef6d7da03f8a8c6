package federa.prepare;

import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * New and rare entities in texts of the web: {@code word<TAB>tag}, with blank lines between the sentences.
 *
 * <p>The development sentences (emerging.dev.conll, 1,009) are no part of it, as in FedNLP.
 *
 * @param train wnut17train.conll
 * @param test emerging.test.annotated
 * @see <a href="https://aclanthology.org/W17-4418/">Derczynski et al., 2017</a>
 */
public record Wnut2017(String train, String test) implements Source {

    @Override
    public String name() {
        return "wnut2017";
    }

    @Override
    public Kind kind() {
        return Kind.ENTITIES;
    }

    @Override
    public Optional<Published> published() {
        return Optional.of(new Published(3_394, 1_287, 6));
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        return TwoSplits.read(
                spark,
                train,
                test,
                Set.of("conll", "annotated"),
                (file, bytes) ->
                        new Rows<>(new Sentences(bytes, ConllColumns.two("\t")), new Entities(TagScheme.IOB2, null)));
    }
}
