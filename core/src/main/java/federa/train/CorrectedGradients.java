package federa.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.engine.Torch;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A client's side of SCAFFOLD: adds the correction that the server sends, c - c_k, to each step's gradients, and sends
 * back its next variate, the mean of its own gradients, uncorrected, over the steps of the round.
 *
 * <p>For SGD with one learning rate eta and neither momentum nor clipping that is the paper's option II, c_k - c + (x - y) / (S
 * eta), since x - y = eta sum(g - c_k + c) over the S steps. With any other optimizer, and with a schedule of rates, (x - y) is
 * no sum of gradients; their mean still is what a variate is to estimate.
 *
 * @param client whose own changes of gradients, such as a proximal term, come besides; the variate is without them
 * @see <a href="https://arxiv.org/abs/1910.06378">SCAFFOLD, equations 3 and 4</a>
 */
public record CorrectedGradients(LocalAlgorithm client) implements LocalAlgorithm {

    /** What the names of variates begin with, before that of the tensor. */
    public static final String VARIATE = "variate/";

    @Override
    public Session begin(ClientModel model, TensorMap control, NDManager scope) {
        SortedMap<String, NDArray> corrections = new TreeMap<>();
        SortedMap<String, NDArray> sums = new TreeMap<>();
        model.trained().forEach((name, tensor) -> {
            corrections.put(name, Torch.toArray(scope, control.get(VARIATE + name)));
            sums.put(name, scope.zeros(tensor.getShape()));
        });
        return new Corrected(client.begin(model, TensorMap.empty(), scope), corrections, sums);
    }

    private record Corrected(Session client, SortedMap<String, NDArray> corrections, SortedMap<String, NDArray> sums)
            implements Session {

        @Override
        public void adjust(SortedMap<String, NDArray> gradients) {
            gradients.forEach((name, gradient) -> sums.get(name).addi(gradient));
            client.adjust(gradients);
            gradients.forEach((name, gradient) -> gradient.addi(corrections.get(name)));
        }

        @Override
        public TensorMap sends(int steps) {
            Map<String, Tensor> variates = new TreeMap<>();
            sums.forEach((name, sum) -> {
                Tensor total = Torch.toTensor(sum);
                float[] mean = new float[total.values().length];
                for (int i = 0; i < mean.length; i++) {
                    mean[i] = (float) ((double) total.values()[i] / steps);
                }
                variates.put(VARIATE + name, new Tensor(total.shape(), mean));
            });
            return new TensorMap(variates).with(client.sends(steps));
        }
    }
}
