package federa.ml;

import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;

/** Which model is trained, and where what it leaves is kept. */
public interface RunParams<E> extends HasRun<E> {

    /** A Hugging Face directory, or the name of a model that the warehouse has. */
    default Param<String> baseModel() {
        return text("baseModel");
    }

    default E setBaseModel(String value) {
        return with(baseModel(), value);
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

    default E setSettings(String... value) {
        return with(settings(), value);
    }
}
