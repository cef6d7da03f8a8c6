package federa.head;

import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.io.Serializable;
import java.util.Map;

/**
 * A linear layer from features to the scores of classes.
 *
 * @param weights a row for each class: its weights, then its bias
 */
public record LastLayer(double[][] weights) implements Serializable {

    /** The scores of the classes. */
    double[] scores(float[] features) {
        double[] scores = new double[weights.length];
        for (int row = 0; row < scores.length; row++) {
            double[] w = weights[row];
            double sum = w[features.length];
            for (int i = 0; i < features.length; i++) {
                sum += w[i] * features[i];
            }
            scores[row] = sum;
        }
        return scores;
    }

    /** This layer with its scores multiplied and something added to those of each class. */
    LastLayer adjusted(double factor, double[] added) {
        double[][] adjusted = new double[weights.length][];
        for (int row = 0; row < adjusted.length; row++) {
            adjusted[row] = weights[row].clone();
            for (int i = 0; i < adjusted[row].length; i++) {
                adjusted[row][i] *= factor;
            }
            adjusted[row][adjusted[row].length - 1] += added[row];
        }
        return new LastLayer(adjusted);
    }

    /** The layer's tensors, rounded to float32, under its name: weight (classes, H) and bias (classes). */
    TensorMap toTensors(String name) {
        int width = weights[0].length - 1;
        float[] weight = new float[weights.length * width];
        float[] bias = new float[weights.length];
        for (int row = 0; row < weights.length; row++) {
            for (int i = 0; i < width; i++) {
                weight[row * width + i] = (float) weights[row][i];
            }
            bias[row] = (float) weights[row][width];
        }
        return new TensorMap(Map.of(
                name + ".weight", new Tensor(new long[] {weights.length, width}, weight),
                name + ".bias", new Tensor(new long[] {weights.length}, bias)));
    }
}
