package federa.ml;

import org.apache.spark.ml.param.Param;

/** What reads one text of a row. */
public interface HasTextCol<E> extends HasParams<E> {

    /** The column with the text. */
    default Param<String> textCol() {
        return text("textCol");
    }

    default E setTextCol(String value) {
        return with(textCol(), value);
    }
}
