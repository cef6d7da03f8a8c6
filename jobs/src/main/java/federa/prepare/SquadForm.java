package federa.prepare;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Any questions in the form of SQuAD 1.1 or 2.0; a file or a folder.
 *
 * <p>Questions that SQuAD 2.0 marks as impossible to answer are no examples of this task: they are skipped and counted.
 *
 * @param train a .json file or a folder of them
 * @param test a .json file or a folder of them, or {@code none} for a share of the train rows ({@code data.test-share})
 */
public record SquadForm(String train, String test) implements Source {

    @Override
    public String name() {
        return "squad-form";
    }

    @Override
    public Kind kind() {
        return Kind.QUESTIONS;
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
        return SquadFiles.read(spark, train, test);
    }
}
