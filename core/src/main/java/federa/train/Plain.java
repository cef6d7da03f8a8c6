package federa.train;

import ai.djl.ndarray.NDManager;
import federa.tensor.TensorMap;

/** Local steps on the client's own loss and nothing else, as in FedAvg. */
public record Plain() implements LocalAlgorithm {

    @Override
    public Session begin(ClientModel model, TensorMap control, NDManager scope) {
        return gradients -> {};
    }
}
