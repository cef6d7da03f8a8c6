package federa.job;

import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Spark session of a job: what spark-submit set, and what the tables and the training need. */
final class Sessions {

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

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
        // A client that is trained twice at a time would cost double and change nothing.
        conf.set("spark.speculation", "false");
        conf.set("spark.task.cpus", Integer.toString(cpus));
        if (conf.get("spark.master").startsWith("local")) {
            conf.setIfMissing("spark.driver.host", "localhost");
            conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
            conf.setIfMissing("spark.ui.enabled", "false");
            conf.setIfMissing("spark.sql.shuffle.partitions", "4");
            conf.setIfMissing("spark.databricks.delta.snapshotPartitions", "2");
        }
        if (conf.get("spark.serializer", "").endsWith("KryoSerializer")) {
            throw new IllegalArgumentException(
                    "spark.serializer is Kryo, which cannot write Java records; leave it at its default");
        }
        return SparkSession.builder().config(conf).getOrCreate();
    }
}
