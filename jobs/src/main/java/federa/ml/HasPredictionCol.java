package federa.ml;

import org.apache.spark.ml.param.Param;

/** What predicts something of a row. */
public interface HasPredictionCol<E> extends HasParams<E> {

    /** The column that gets the prediction. */
    default Param<String> predictionCol() {
        return text("predictionCol");
    }

    default E setPredictionCol(String value) {
        return with(predictionCol(), value);
    }
}
