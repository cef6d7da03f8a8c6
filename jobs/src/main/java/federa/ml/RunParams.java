package federa.ml;

import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;

/** Which model is trained, and where what it leaves is kept. */
public interface RunParams<E> extends HasParams<E> {

    /** A Hugging Face directory, or the name of a model that the warehouse has. */
    default Param<String> baseModel() {
        return text("baseModel");
    }

    default E setBaseModel(String value) {
        return with(baseModel(), value);
    }

    /** Directory of tables and models; by default {@code spark.federa.warehouse}, or else {@code federa} below {@code spark.sql.warehouse.dir}. */
    default Param<String> warehouse() {
        return text("warehouse");
    }

    default E setWarehouse(String value) {
        return with(warehouse(), value);
    }

    /** Name of the run in the tables; by default made from everything that the run depends on. */
    default Param<String> runId() {
        return text("runId");
    }

    default E setRunId(String value) {
        return with(runId(), value);
    }

    /** Of everything random. */
    default LongParam seed() {
        return longWhole("seed");
    }

    default E setSeed(long value) {
        return with(seed(), value);
    }

    /** Further keys of an experiment file, each as {@code --set} takes it: {@code method.scaling=rank-stabilized}. */
    default StringArrayParam settings() {
        return texts("settings");
    }

    default E setSettings(String[] value) {
        return with(settings(), value);
    }
}
