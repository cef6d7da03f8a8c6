package federa.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The usual layout: the train rows in one path, the test rows in another. */
final class TwoSplits {

    private TwoSplits() {}

    static Dataset<Row> read(
            SparkSession spark, String train, String test, Set<String> types, Format<Labelled> format) {
        List<SplitFile> files = new ArrayList<>(InputFiles.find(spark, "train", train, types));
        files.addAll(InputFiles.find(spark, "test", test, types));
        return FileRows.read(spark, files, format);
    }
}
