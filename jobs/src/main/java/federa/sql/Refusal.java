package federa.sql;

import org.apache.spark.QueryContext;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.unsafe.Platform;
import scala.Option;
import scala.collection.immutable.Map$;

/** What is wrong with a query, as Spark's analyzer says it: an AnalysisException. */
final class Refusal {

    private Refusal() {}

    /** Throws it, which Scala's methods do not declare; a caller writes {@code throw} for the compiler's sake. */
    static RuntimeException of(String message, Throwable cause) {
        Platform.throwException(new AnalysisException(
                message,
                Option.empty(),
                Option.empty(),
                Option.apply(cause),
                Option.empty(),
                Map$.MODULE$.empty(),
                new QueryContext[0]));
        throw new IllegalStateException(message);
    }
}
