package federa.job;

import federa.spi.InvalidInputException;
import federa.store.LinkedLog;
import federa.store.LocalFiles;
import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Spark session of a job: what spark-submit set, and what the tables and the training need. */
final class Sessions {

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final String PROMETHEUS = "spark.metrics.conf.*.sink.prometheusServlet";

    private Sessions() {}

    /**
     * Opens a session for the work and closes it after. One that this process has already, such as a notebook's, is used
     * with its own settings and stays open.
     *
     * @param cpus cores that each task takes
     */
    static <T> T with(String job, int cpus, Function<SparkSession, T> work) {
        boolean present = SparkSession.getDefaultSession()
                .exists(session -> !session.sparkContext().isStopped());
        SparkSession spark = open(job, cpus);
        try {
            LOG.info(
                    "Spark application {} on {}",
                    spark.sparkContext().applicationId(),
                    spark.sparkContext().master());
            return work.apply(spark);
        } finally {
            if (!present) {
                spark.close();
            }
        }
    }

    private static SparkSession open(String job, int cpus) {
        SparkConf conf = new SparkConf();
        conf.setIfMissing("spark.master", "local[*]");
        conf.setIfMissing("spark.app.name", "federa " + job);
        conf.set("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension");
        conf.set("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
        String plugins = conf.get("spark.plugins", "");
        conf.set("spark.plugins", (plugins.isBlank() ? "" : plugins + ",") + RootLocale.class.getName());
        conf.setIfMissing(LinkedLog.KEY, LinkedLog.class.getName());
        LocalFiles.SETTINGS.forEach(conf::setIfMissing);
        if (conf.getBoolean("spark.speculation", false)) {
            LOG.warn(
                    "spark.speculation is set to false: a client that is trained twice costs double and changes nothing");
        }
        conf.set("spark.speculation", "false");
        conf.setIfMissing("spark.scheduler.mode", "FAIR"); // rounds are committed beside the training of the next
        conf.set("spark.task.cpus", Integer.toString(cpus));
        if (conf.get("spark.master").startsWith("local")) {
            conf.setIfMissing("spark.driver.host", "localhost");
            conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
            conf.setIfMissing("spark.ui.enabled", "false");
            conf.setIfMissing("spark.sql.ui.explainMode", "simple"); // each query is described, with no page to show it
            conf.setIfMissing("spark.sql.shuffle.partitions", "4");
        } else {
            onCluster(conf, cpus);
        }
        conf.setIfMissing("spark.databricks.delta.snapshotPartitions", "2"); // of Delta's logs, which are short here
        // A list that nobody reads: outside UTC each commit would check it against the whole log, with Spark.
        conf.setIfMissing("spark.databricks.delta.allFilesInCrc.enabled", "false");
        // Beside Spark's page, at /metrics/prometheus; one name for all applications, which Prometheus tells apart
        // itself.
        conf.setIfMissing(PROMETHEUS + ".class", "org.apache.spark.metrics.sink.PrometheusServlet");
        conf.setIfMissing(PROMETHEUS + ".path", "/metrics/prometheus");
        conf.setIfMissing("spark.metrics.namespace", "federa");
        if (conf.get("spark.serializer", "").endsWith("KryoSerializer")) {
            throw new InvalidInputException(
                    "spark.serializer is Kryo, which cannot write Java records; leave it at its default");
        }
        SparkSession spark = SparkSession.builder().config(conf).getOrCreate();
        Progress.showOnTerminal(spark.sparkContext());
        return spark;
    }

    private static void onCluster(SparkConf conf, int cpus) {
        conf.setIfMissing("spark.executor.cores", Integer.toString(cpus));
        int cores = conf.getInt("spark.executor.cores", cpus);
        if (conf.contains("spark.executor.resource.gpu.amount")) {
            // Tasks other than those of clients share their executor's GPU; Spark knows no shares above a half.
            conf.setIfMissing("spark.task.resource.gpu.amount", cores == 1 ? "1" : Double.toString(1.0 / cores));
        }
    }
}
