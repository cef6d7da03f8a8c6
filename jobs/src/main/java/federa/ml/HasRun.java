package federa.ml;

import org.apache.spark.ml.param.Param;

/** What has a run in a warehouse. */
public interface HasRun<E> extends HasParams<E> {

    /**
     * Directory of tables and models. If not set, an estimator takes {@code spark.federa.warehouse}, or else {@code federa}
     * below {@code spark.sql.warehouse.dir}.
     */
    default Param<String> warehouse() {
        return text("warehouse");
    }

    default E setWarehouse(String value) {
        return with(warehouse(), value);
    }

    /** Name of the run in the tables. If not set, an estimator makes it from everything that the run depends on. */
    default Param<String> runId() {
        return text("runId");
    }

    default E setRunId(String value) {
        return with(runId(), value);
    }
}
