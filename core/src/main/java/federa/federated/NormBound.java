package federa.federated;

import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The mean of changes of which none is longer than a bound: x + mean(min(1, norm / |y_k - x|) (y_k - x)), with x what clients
 * were sent, y_k what client k sends back, and the Euclidean norm over all tensors of an update together. No client moves the
 * global model by more than norm / n, with n clients in the round. All count the same: a client that sends a lie about its
 * tensors may send one about its number of examples.
 *
 * <p>A norm is of a whole update, so all updates of a round meet in one task, but pass it one at a time.
 *
 * @param norm the longest change, above 0; a little more than what honest clients need
 * @see <a href="https://arxiv.org/abs/1911.07963">Can you really backdoor federated learning?</a>
 */
public record NormBound(double norm) implements Aggregator {

    /** A name that no tensor has. */
    private static final String WHOLE = "whole update";

    public NormBound {
        if (!(norm > 0) || Double.isInfinite(norm)) {
            throw new InvalidInputException("federation.aggregator.norm must be above 0, got " + norm);
        }
    }

    @Override
    public double weight(long numExamples) {
        return 1;
    }

    @Override
    public String block(String tensor) {
        return WHOLE;
    }

    @Override
    public Aggregator from(TensorMap sent) {
        return new From(norm, sent);
    }

    /** As if clients had begun at zero; see {@link #from}. */
    @Override
    public Accumulator begin() {
        return from(TensorMap.empty()).begin();
    }

    /** Knows what clients began at; a tensor that is not there began at zero. */
    private record From(double norm, TensorMap sent) implements Aggregator {

        @Override
        public double weight(long numExamples) {
            return 1;
        }

        @Override
        public String block(String tensor) {
            return WHOLE;
        }

        @Override
        public Accumulator begin() {
            return new Bounded(norm, sent);
        }
    }

    /** A running mean of shortened updates. */
    private static final class Bounded implements Accumulator {

        private static final long serialVersionUID = 1L;

        private final double norm;
        private final TensorMap sent;
        private final Accumulator mean = new Mean(Weighting.UNIFORM).begin();

        Bounded(double norm, TensorMap sent) {
            this.norm = norm;
            this.sent = sent;
        }

        @Override
        public void add(int client, double weight, SortedMap<String, Tensor> tensors) {
            double squares = 0;
            for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
                float[] x = start(tensor.getKey(), tensor.getValue());
                float[] y = tensor.getValue().values();
                for (int i = 0; i < y.length; i++) {
                    double change = (double) y[i] - x[i];
                    squares += change * change;
                }
            }
            double length = Math.sqrt(squares);
            // Nothing is left of a change that is not finite: 0 x infinity would be no number.
            double factor = Double.isFinite(length) ? norm / length : 0;
            mean.add(client, weight, length <= norm ? tensors : shortened(tensors, factor));
        }

        private SortedMap<String, Tensor> shortened(SortedMap<String, Tensor> tensors, double factor) {
            SortedMap<String, Tensor> shortened = new TreeMap<>();
            tensors.forEach((name, tensor) -> {
                float[] x = start(name, tensor);
                float[] y = tensor.values();
                float[] near = new float[y.length];
                for (int i = 0; i < near.length; i++) {
                    near[i] = factor == 0 ? x[i] : (float) (x[i] + factor * ((double) y[i] - x[i]));
                }
                shortened.put(name, new Tensor(tensor.shape(), near));
            });
            return shortened;
        }

        private float[] start(String name, Tensor like) {
            if (!sent.contains(name)) {
                return new float[like.values().length];
            }
            float[] start = sent.get(name).values();
            if (start.length != like.values().length) {
                throw new InvalidInputException("an update has the tensor %s with %d elements, expected %d"
                        .formatted(name, like.values().length, start.length));
            }
            return start;
        }

        @Override
        public SortedMap<String, Tensor> result() {
            return mean.result();
        }
    }
}
