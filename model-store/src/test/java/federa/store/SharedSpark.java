package federa.store;

import org.apache.spark.sql.SparkSession;

/** The one session of this module's tests; the JVM's end closes it. */
final class SharedSpark {

    static final SparkSession SESSION = start();

    private SharedSpark() {}

    private static SparkSession start() {
        SparkSession spark = SparkSession.builder()
                .master("local[2]")
                .appName("model-store tests")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "localhost")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "1")
                .config("spark.databricks.delta.snapshotPartitions", "1")
                // For tables of some hundred rows: a program for each query, and a second plan, cost time only.
                .config("spark.sql.codegen.wholeStage", "false")
                .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
                .config("spark.sql.adaptive.enabled", "false")
                .config("spark.sql.ui.explainMode", "simple")
                .config("spark.databricks.delta.allFilesInCrc.enabled", "false")
                .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
                .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
                .config(LinkedLog.KEY, LinkedLog.class.getName())
                .getOrCreate();
        spark.sparkContext().setLogLevel("WARN");
        return spark;
    }
}
