package federa.head;

import federa.tensor.Tensor;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sums over examples, in double precision: of z z^T and of z y^T, z being what the last layer sees of an example with a 1
 * appended for the bias, and y its class as a unit vector. Used by one thread.
 */
public final class FeatureSums {

    private static final String PRODUCTS = "products";
    private static final String TARGETS = "targets";

    private final int size;
    private final int classes;
    private final double[] products;
    private final double[] targets;

    /**
     * The sums over no example.
     *
     * @param width of the features, without the 1
     * @param withProducts whether z z^T is summed
     */
    public FeatureSums(int width, int classes, boolean withProducts) {
        this(
                width + 1,
                classes,
                withProducts ? new double[Math.toIntExact((width + 1L) * (width + 2L) / 2)] : null,
                new double[(width + 1) * classes]);
    }

    private FeatureSums(int size, int classes, double[] products, double[] targets) {
        this.size = size;
        this.classes = classes;
        this.products = products;
        this.targets = targets;
    }

    /** Adds an example, or a token, with a weight. */
    public void add(float[] features, int ofClass, double weight) {
        double[] z = new double[size];
        for (int i = 0; i < size - 1; i++) {
            z[i] = features[i];
        }
        z[size - 1] = 1;
        for (int i = 0; i < size; i++) {
            targets[i * classes + ofClass] += weight * z[i];
        }
        if (products == null) {
            return;
        }
        int at = 0;
        for (int i = 0; i < size; i++) {
            double weighted = weight * z[i];
            for (int j = i; j < size; j++) {
                products[at++] += weighted * z[j];
            }
        }
    }

    /** These sums and the other's, which are of the same sizes. */
    public FeatureSums plus(FeatureSums other) {
        return new FeatureSums(
                size, classes, products == null ? null : sum(products, other.products), sum(targets, other.targets));
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    /** The length of z: the features and the 1. */
    int size() {
        return size;
    }

    int classes() {
        return classes;
    }

    /** The sum of the weights of a class's examples. */
    double weight(int ofClass) {
        return targets[(size - 1) * classes + ofClass];
    }

    /** The sum of an element of z over a class's examples. */
    double target(int i, int ofClass) {
        return targets[i * classes + ofClass];
    }

    /** The sum of the product of two elements of z, i at most j. */
    double product(int i, int j) {
        return products[i * size - i * (i - 1) / 2 + j - i];
    }

    /** The sums as tensors, exact to 48 bits, by name after a prefix. */
    SortedMap<String, Tensor> toTensors(String prefix) {
        SortedMap<String, Tensor> tensors = new TreeMap<>();
        tensors.put(prefix + TARGETS, Doubles.toTensor(targets));
        if (products != null) {
            tensors.put(prefix + PRODUCTS, Doubles.toTensor(products));
        }
        return tensors;
    }

    /** The sums of such tensors. */
    FeatureSums of(Map<String, Tensor> tensors, String prefix) {
        return new FeatureSums(
                size,
                classes,
                products == null ? null : Doubles.of(tensors.get(prefix + PRODUCTS)),
                Doubles.of(tensors.get(prefix + TARGETS)));
    }
}
