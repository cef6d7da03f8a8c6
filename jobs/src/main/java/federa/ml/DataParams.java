package federa.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;

/** Which rows are learnt from, and how much of each. */
public interface DataParams<E> extends HasParams<E> {

    /** A column of unique ids; derived from the content if not set. */
    default Param<String> idCol() {
        return text("idCol");
    }

    default E setIdCol(String value) {
        return with(idCol(), value);
    }

    /** A column of booleans: true for the rows that are not learnt from but evaluated on. None if not set. */
    default Param<String> validationIndicatorCol() {
        return text("validationIndicatorCol");
    }

    default E setValidationIndicatorCol(String value) {
        return with(validationIndicatorCol(), value);
    }

    /** Longest example in tokens, special ones included. */
    default IntParam maxTokens() {
        return whole("maxTokens");
    }

    default E setMaxTokens(int value) {
        return with(maxTokens(), value);
    }

    /** Largest share of malformed rows that is left out, 0 to 1; more stop the fit. */
    default DoubleParam maxBadShare() {
        return number("maxBadShare");
    }

    default E setMaxBadShare(double value) {
        return with(maxBadShare(), value);
    }
}
