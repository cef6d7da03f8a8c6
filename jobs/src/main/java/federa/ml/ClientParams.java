package federa.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;

/** Who owns which row. */
public interface ClientParams<E> extends HasParams<E> {

    /** A column whose values are the clients; the partitioner decides if not set. */
    default Param<String> clientCol() {
        return text("clientCol");
    }

    default E setClientCol(String value) {
        return with(clientCol(), value);
    }

    /** Kind of the division. */
    default Param<String> partitioner() {
        return text("partitioner");
    }

    default E setPartitioner(String value) {
        return with(partitioner(), value);
    }

    /** How many clients share the rows. */
    default IntParam numClients() {
        return whole("numClients");
    }

    default E setNumClients(int value) {
        return with(numClients(), value);
    }

    /** Concentration: small for clients of few labels. */
    default DoubleParam dirichletAlpha() {
        return number("dirichletAlpha");
    }

    default E setDirichletAlpha(double value) {
        return with(dirichletAlpha(), value);
    }
}
