package federa.partition;

import java.io.Serializable;
import java.util.Optional;
import java.util.OptionalInt;

/** How clients come by their training examples: a rule divides a data set among them, or they have had them all along. */
public interface Division extends Serializable {

    /** The rule that divides a data set among the clients; empty if they have had their examples all along, on site. */
    Optional<Partitioner> partitioner();

    /** How many clients were asked for; empty if the data decides. */
    default OptionalInt clientsAsked() {
        return OptionalInt.empty();
    }

    /** The column whose distribution is what differs from client to client, and so what statistics are about. */
    default String skewColumn() {
        return Partitioner.LABEL;
    }
}
