package federa.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * Params that are declared in a table. Values are read with {@code getOrDefault(x.epochs())}.
 *
 * @param <E> what setters return: the estimator or model itself
 */
public interface HasParams<E> extends Params {

    /** The param of a name. */
    Param<?> param(String name);

    /** The param of a name, a whole number. */
    default IntParam whole(String name) {
        return (IntParam) param(name);
    }

    /** The param of a name, a whole number of 64 bits. */
    default LongParam longWhole(String name) {
        return (LongParam) param(name);
    }

    /** The param of a name, a number. */
    default DoubleParam number(String name) {
        return (DoubleParam) param(name);
    }

    /** The param of a name, a text. */
    @SuppressWarnings("unchecked") // the accessor and the declaration agree, or the first fit fails
    default Param<String> text(String name) {
        return (Param<String>) param(name);
    }

    /** The param of a name, a list of texts. */
    default StringArrayParam texts(String name) {
        return (StringArrayParam) param(name);
    }

    /** This, with a param set. */
    @SuppressWarnings("unchecked") // E is the class itself
    default <T> E with(Param<T> param, T value) {
        set(param, value);
        return (E) this;
    }
}
