package federa.udf;

import federa.tensor.Tensor;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import scala.Tuple2;

/**
 * A piece of a tensor of a client's update with the weight of the client, or the client's report.
 *
 * @param tensor null for a report
 * @param report null for a tensor
 */
public record UpdatePart(Tensor tensor, double weight, ClientReport report) implements Serializable {

    static UpdatePart of(Tensor tensor, double weight) {
        return new UpdatePart(tensor, weight, null);
    }

    /** A client's tensor in pieces, each with where it goes. */
    static Stream<Tuple2<UpdateKey, UpdatePart>> of(String name, Tensor tensor, int client, double weight) {
        List<Tensor> pieces = Rows.of(tensor);
        return IntStream.range(0, pieces.size())
                .mapToObj(piece -> new Tuple2<>(
                        UpdateKey.ofTensor(name, piece, client), UpdatePart.of(pieces.get(piece), weight)));
    }

    static UpdatePart of(ClientReport report) {
        return new UpdatePart(null, 0, report);
    }
}
