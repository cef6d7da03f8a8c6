package federa.udf;

import federa.tensor.Tensor;
import java.io.Serializable;

/**
 * A tensor of a client's update with the weight of the client, or the client's report.
 *
 * @param tensor null for a report
 * @param report null for a tensor
 */
public record UpdatePart(Tensor tensor, double weight, ClientReport report) implements Serializable {

    static UpdatePart of(Tensor tensor, double weight) {
        return new UpdatePart(tensor, weight, null);
    }

    static UpdatePart of(ClientReport report) {
        return new UpdatePart(null, 0, report);
    }
}
