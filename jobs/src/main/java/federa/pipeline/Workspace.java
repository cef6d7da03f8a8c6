package federa.pipeline;

import federa.config.Experiment;
import federa.engine.DeviceChoice;
import federa.store.ModelStore;
import federa.store.Tables;
import federa.store.Warehouse;
import federa.udf.Placement;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** What every step works with: a Spark session and a warehouse. */
public record Workspace(SparkSession spark, Warehouse warehouse) {

    /** Names the warehouse to users of Spark ML and SQL, who have no command line. */
    public static final String WAREHOUSE = "spark.federa.warehouse";

    private static final String CATALOG = "spark.sql.catalog.spark_catalog";

    /**
     * A warehouse, made if it is not there, with a session that a user has opened.
     *
     * @param key param or configuration key that the directory is from, for messages
     * @throws IllegalArgumentException if the session lacks Delta's catalog, or its serializer cannot write what tasks need
     */
    public static Workspace of(SparkSession spark, String key, String directory) {
        requireFit(spark);
        return new Workspace(
                spark, Warehouse.open(key, directory, spark.sparkContext().hadoopConfiguration()));
    }

    /**
     * As {@link #of}, for those who only read: the warehouse must be there.
     *
     * @throws IllegalArgumentException if it is not, too
     */
    public static Workspace existing(SparkSession spark, String key, String directory) {
        requireFit(spark);
        return new Workspace(
                spark,
                Warehouse.openExisting(key, directory, spark.sparkContext().hadoopConfiguration()));
    }

    private static void requireFit(SparkSession spark) {
        if (!spark.conf().get(CATALOG, "").endsWith(".DeltaCatalog")) {
            throw new IllegalArgumentException(("this Spark session lacks Delta; start it with"
                            + " --conf spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension"
                            + " --conf %s=org.apache.spark.sql.delta.catalog.DeltaCatalog")
                    .formatted(CATALOG));
        }
        if (spark.conf().get("spark.serializer", "").endsWith("KryoSerializer")) {
            throw new IllegalArgumentException(
                    "spark.serializer is Kryo, which cannot write Java records; leave it at its default");
        }
    }

    /** The warehouse that a session names, or else {@code federa} below {@code spark.sql.warehouse.dir}. */
    public static String warehouse(SparkSession spark) {
        return spark.conf().get(WAREHOUSE, spark.conf().get("spark.sql.warehouse.dir") + "/federa");
    }

    public Tables tables() {
        return new Tables(spark, warehouse);
    }

    public ModelStore models() {
        return new ModelStore(warehouse, hadoop());
    }

    Configuration hadoop() {
        return spark.sparkContext().hadoopConfiguration();
    }

    JavaSparkContext context() {
        return JavaSparkContext.fromSparkContext(spark.sparkContext());
    }

    /** Hadoop's settings for tasks: one broadcast a session, until they change. It is the session's; nobody destroys it. */
    Broadcast<SerializableConfiguration> broadcastHadoop() {
        return HadoopBroadcast.of(context());
    }

    /** What Spark calls the jobs of a run's training together. */
    static String jobGroup(String runId) {
        return "run " + runId;
    }

    /** Cores that tasks of a stage can use at once. */
    int parallelism() {
        return spark.sparkContext().defaultParallelism();
    }

    /** Executors that are alive; a driver that does all itself is one. */
    int executors() {
        return Math.max(1, spark.sparkContext().statusTracker().getExecutorInfos().length - 1); // and the driver
    }

    /** Cores that each task has, and so native threads that it may use. */
    int taskCpus() {
        return spark.sparkContext().conf().getInt("spark.task.cpus", 1);
    }

    /** Where an experiment's clients train, with the session's executors. */
    Placement placement(Experiment.Compute compute) {
        return Placement.of(spark.sparkContext().conf(), compute.threads(), compute.device());
    }

    /** Where models score when no training goes on: on whatever each task finds. */
    Placement placement() {
        return Placement.of(spark.sparkContext().conf(), taskCpus(), DeviceChoice.AUTO);
    }

    /** Does work whose jobs are one group of Spark's own page. */
    void inGroup(String name, Runnable work) {
        spark.sparkContext().setJobGroup(name, name, false);
        try {
            work.run();
        } finally {
            spark.sparkContext().clearJobGroup();
        }
    }

    /** Names what runs next in Spark's own page; null for nothing. */
    void describe(String job) {
        spark.sparkContext().setJobDescription(job);
    }
}
