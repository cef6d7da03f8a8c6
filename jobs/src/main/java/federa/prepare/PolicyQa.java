package federa.prepare;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Questions on privacy policies of web sites, in the form of SQuAD.
 *
 * @param train train.json
 * @param test test.json
 * @see <a href="https://arxiv.org/abs/2010.02557">Ahmad et al., 2020</a>
 */
public record PolicyQa(String train, String test) implements Source {

    @Override
    public String name() {
        return "policyqa";
    }

    @Override
    public Kind kind() {
        return Kind.QUESTIONS;
    }

    @Override
    public Optional<Published> published() {
        return Optional.of(new Published(17_056, 4_152, 0));
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        return SquadFiles.read(spark, train, test);
    }
}
