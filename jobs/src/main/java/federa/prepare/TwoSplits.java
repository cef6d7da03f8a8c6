package federa.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The usual layout: the train rows in one path, the test rows in another. */
final class TwoSplits {

    /** In place of the test path: some of the train rows become the test split. */
    static final String NONE = "none";

    private TwoSplits() {}

    /** True if there is a test path. */
    static boolean given(String test) {
        return !test.equals(NONE);
    }

    /** The splits that must have rows. */
    static List<String> named(String test) {
        return given(test) ? List.of("train", "test") : List.of("train");
    }

    static Dataset<Row> read(
            SparkSession spark, String train, String test, Set<String> types, Format<Labelled> format) {
        List<SplitFile> files = new ArrayList<>(InputFiles.find(spark, "train", train, types));
        if (given(test)) {
            files.addAll(InputFiles.find(spark, "test", test, types));
        }
        return FileRows.read(spark, files, format);
    }
}
