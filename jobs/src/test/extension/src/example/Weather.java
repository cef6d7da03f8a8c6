package example;

import federa.prepare.Given;
import federa.prepare.Kind;
import federa.prepare.Published;
import federa.prepare.Source;
import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Forecasts of rain and of sun.
 *
 * @param train rows of the train split, at least 2
 * @param test rows of the test split, at least 2
 */
public record Weather(int train, int test) implements Source {

    public Weather {
        if (train < 2 || test < 2) {
            throw new InvalidInputException("data.source.train and data.source.test must be at least 2, got %d and %d"
                    .formatted(train, test));
        }
    }

    @Override
    public String name() {
        return "weather";
    }

    @Override
    public Optional<Published> published() {
        return Optional.empty();
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        List<Row> rows = new ArrayList<>();
        add(rows, "train", train);
        add(rows, "test", test);
        return new Given(Kind.TEXTS, false).records(spark.createDataFrame(rows, Kind.TEXTS.schema()));
    }

    /** The columns of a data set of texts: id, split, text, label, key. */
    private static void add(List<Row> rows, String split, int count) {
        for (int i = 0; i < count; i++) {
            boolean rain = i % 2 == 0;
            String text = (rain ? "heavy rain from noon on day " : "sun all over the country on day ") + i;
            rows.add(RowFactory.create(split + "-" + i, split, text, rain ? "rain" : "sun", null));
        }
    }
}
