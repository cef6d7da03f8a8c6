package federa.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;

/** What trains. */
public interface MethodParams<E> extends HasParams<E> {

    /** Kind of the method. */
    default Param<String> method() {
        return text("method");
    }

    default E setMethod(String value) {
        return with(method(), value);
    }

    /** Rank of the adapters, of federa and lora. */
    default IntParam rank() {
        return whole("rank");
    }

    default E setRank(int value) {
        return with(rank(), value);
    }

    /** Numerator of the adapters' scaling; equal to the rank it is FeDeRA's formula. */
    default DoubleParam loraAlpha() {
        return number("loraAlpha");
    }

    default E setLoraAlpha(double value) {
        return with(loraAlpha(), value);
    }

    /** The layers that carry an adapter. */
    default StringArrayParam targets() {
        return texts("targets");
    }

    default E setTargets(String[] value) {
        return with(targets(), value);
    }

    /** Of the encoder's layers. */
    default Param<String> precision() {
        return text("precision");
    }

    default E setPrecision(String value) {
        return with(precision(), value);
    }
}
