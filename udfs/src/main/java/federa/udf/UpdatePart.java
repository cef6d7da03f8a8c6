package federa.udf;

import federa.federated.WeightedMean;
import federa.tensor.Tensor;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import scala.Tuple2;

/** What meets in a fold: pieces of the clients' tensors, what earlier clients have made of a piece, and reports. */
public sealed interface UpdatePart extends Serializable {

    /**
     * A piece of a tensor of a client's update, or the mean of such pieces.
     *
     * @param weight of the client
     */
    record Piece(Tensor tensor, double weight) implements UpdatePart {}

    /** The mean of a piece over the clients so far, in full precision. */
    record Running(WeightedMean mean) implements UpdatePart {}

    /** What a client tells of its round. */
    record Report(ClientReport report) implements UpdatePart {}

    /** A client's tensor in pieces, each with where it goes. */
    static Stream<Tuple2<UpdateKey, UpdatePart>> of(String name, Tensor tensor, int client, double weight) {
        List<Tensor> pieces = Rows.of(tensor);
        return IntStream.range(0, pieces.size())
                .mapToObj(piece ->
                        new Tuple2<>(UpdateKey.ofTensor(name, piece, client), new Piece(pieces.get(piece), weight)));
    }

    /** A client's report with where it goes. */
    static Tuple2<UpdateKey, UpdatePart> of(ClientReport report) {
        return new Tuple2<>(UpdateKey.ofReport(report.client()), new Report(report));
    }
}
