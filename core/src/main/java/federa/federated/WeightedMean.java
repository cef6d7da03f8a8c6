package federa.federated;

import federa.tensor.Tensor;
import java.io.Serializable;
import java.util.Arrays;

/**
 * The weighted mean of one tensor over clients, folded one client at a time in double precision: memory for one tensor,
 * whatever the number of clients. Folding in the same order gives the same bits, however often it is written and read in
 * between.
 *
 * @see <a href="https://arxiv.org/abs/1602.05629">FedAvg, algorithm 1</a>
 */
public final class WeightedMean implements Serializable {

    private static final long serialVersionUID = 1L;

    private long[] shape;
    private double[] sum;
    private double weights;

    /**
     * Adds a client's tensor.
     *
     * @throws IllegalArgumentException if its shape differs from the first one's or the weight is not above 0
     */
    public void add(Tensor tensor, double weight) {
        if (!(weight > 0)) {
            throw new IllegalArgumentException("the weight of an update must be above 0, got " + weight);
        }
        if (sum == null) {
            shape = tensor.shape();
            sum = new double[tensor.values().length];
        } else if (!Arrays.equals(shape, tensor.shape())) {
            throw new IllegalArgumentException("cannot average a tensor of shape %s with one of shape %s"
                    .formatted(Arrays.toString(tensor.shape()), Arrays.toString(shape)));
        }
        float[] values = tensor.values();
        for (int i = 0; i < values.length; i++) {
            sum[i] += weight * values[i];
        }
        weights += weight;
    }

    /** The sum of the weights of what was added. */
    public double weights() {
        return weights;
    }

    /** The mean of what was added, rounded to float32 once. */
    public Tensor result() {
        if (sum == null) {
            throw new IllegalStateException("nothing was added");
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / weights);
        }
        return new Tensor(shape, mean);
    }
}
