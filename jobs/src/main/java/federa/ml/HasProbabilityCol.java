package federa.ml;

import org.apache.spark.ml.param.Param;

/** What says how probable its predictions are. */
public interface HasProbabilityCol<E> extends HasParams<E> {

    /** The column that gets how probable the prediction is. */
    default Param<String> probabilityCol() {
        return text("probabilityCol");
    }

    default E setProbabilityCol(String value) {
        return with(probabilityCol(), value);
    }
}
