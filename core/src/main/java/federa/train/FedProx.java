package federa.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.engine.Torch;
import federa.tensor.TensorMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * FedProx: the loss gains mu/2 |x - x_t|^2, which pulls a client towards the global model x_t; its gradient is mu (x - x_t).
 *
 * @param mu the strength of the pull; 0 for none
 * @see <a href="https://arxiv.org/abs/1812.06127">FedProx, equation 2</a>
 */
public record FedProx(double mu) implements LocalAlgorithm {

    public FedProx {
        if (!(mu >= 0) || Double.isInfinite(mu)) {
            throw new IllegalArgumentException("federation.client.mu must be 0 (off) or more, got " + mu);
        }
    }

    @Override
    public Session begin(ClientModel model, TensorMap control, NDManager scope) {
        SortedMap<String, NDArray> start = new TreeMap<>();
        if (mu > 0) {
            model.snapshot().asMap().forEach((name, tensor) -> start.put(name, Torch.toArray(scope, tensor)));
        }
        return gradients -> start.forEach((name, globalValue) -> {
            try (NDArray distance = model.trained().get(name).sub(globalValue)) {
                gradients.get(name).addi(distance.muli(mu));
            }
        });
    }
}
