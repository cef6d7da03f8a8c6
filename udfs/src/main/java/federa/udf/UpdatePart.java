package federa.udf;

import federa.federated.Aggregator.Accumulator;
import federa.federated.ClientUpdate;
import federa.tensor.Tensor;
import java.io.Serializable;
import java.util.SortedMap;
import scala.Tuple2;

/** What meets in the shuffle of a round: slices of the clients' tensors, partial aggregates of earlier clients', reports. */
public sealed interface UpdatePart extends Serializable {

    /**
     * A slice of a block of a client's update, or of the aggregate of all.
     *
     * @param tensors the block's tensors, or rows of its only one
     * @param weight of the client; 0 in an aggregate
     */
    record Slice(SortedMap<String, Tensor> tensors, double weight) implements UpdatePart {}

    /** The aggregate of a slice over the clients so far, in full precision. */
    record Partial(Accumulator accumulator) implements UpdatePart {}

    /** What a client tells of its round. */
    record Report(ClientUpdate update) implements UpdatePart {}

    /** A client's report with where it goes. */
    static Tuple2<BlockKey, UpdatePart> of(ClientUpdate update) {
        return new Tuple2<>(BlockKey.ofReport(update.client()), new Report(update));
    }
}
