package federa.example;

import ai.djl.spark.task.text.TextClassifier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Labels the lines of a text file with a directory that {@code federa export --format djl} wrote. */
public final class ClassifyTexts {

    private ClassifyTexts() {}

    /**
     * Runs the example.
     *
     * @param args the exported directory as a URL ({@code file:///...}), the text file, and where the Parquet goes
     */
    public static void main(String[] args) {
        try (SparkSession spark =
                SparkSession.builder().appName("classify texts").getOrCreate()) {
            TextClassifier classifier = new TextClassifier();
            classifier.setEngine("PyTorch");
            classifier.setModelUrl(args[0]);
            classifier.setInputCol("value");
            classifier.setOutputCol("prediction");
            Dataset<Row> lines = spark.read().text(args[1]);
            classifier.classify(lines).write().parquet(args[2]);
        }
    }
}
