package federa.prepare;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The Stanford Question Answering Dataset: questions on paragraphs of Wikipedia.
 *
 * @param train train-v1.1.json
 * @param test dev-v1.1.json: the test set is not public, so every paper reports on dev
 * @see <a href="https://arxiv.org/abs/1606.05250">Rajpurkar et al., 2016</a>
 */
public record Squad(String train, String test) implements Source {

    @Override
    public String name() {
        return "squad-v1.1";
    }

    @Override
    public Kind kind() {
        return Kind.QUESTIONS;
    }

    @Override
    public Optional<Published> published() {
        return Optional.of(new Published(87_599, 10_570, 0));
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        return SquadFiles.read(spark, train, test);
    }
}
