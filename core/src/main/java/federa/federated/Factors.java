package federa.federated;

import federa.peft.Method;
import federa.peft.OrdinaryLora;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The low-rank factors of a layer, whose product B A is a change of its weight. Computes in double precision, in an order
 * that depends on nothing else, and rounds at the end.
 *
 * @param a A (r, in)
 * @param b B (out, r)
 */
record Factors(Tensor a, Tensor b) {

    /** Off-diagonal cosines below this are rounding. */
    private static final double ORTHOGONAL = 1e-15;

    /** Jacobi's method converges quadratically: a handful of sweeps do for any rank in use. */
    private static final int SWEEPS = 60;

    /** The layers that have factors among these tensors. */
    static List<String> layers(TensorMap tensors) {
        return tensors.asMap().keySet().stream()
                .filter(name -> name.endsWith(OrdinaryLora.A))
                .map(name -> name.substring(0, name.length() - OrdinaryLora.A.length()))
                .toList();
    }

    static Factors of(String layer, TensorMap tensors) {
        return new Factors(tensors.get(layer + OrdinaryLora.A), tensors.get(layer + OrdinaryLora.B));
    }

    /** The factors as tensors of their layer. */
    Map<String, Tensor> asTensors(String layer) {
        return Map.of(layer + OrdinaryLora.A, a, layer + OrdinaryLora.B, b);
    }

    /**
     * The scale s of a method's term s B A.
     *
     * @throws IllegalArgumentException naming the strategy that needs it, if the method has no such term
     */
    static double requireScale(Method method, String strategy) {
        return method.scale()
                .orElseThrow(() -> new IllegalArgumentException(
                        "federation.strategy is %s, which works on the factors of low-rank adapters, but method.kind is %s; set it to federa or lora"
                                .formatted(strategy, method.name())));
    }

    int rank() {
        return Math.toIntExact(a.shape()[0]);
    }

    int in() {
        return Math.toIntExact(a.shape()[1]);
    }

    int out() {
        return Math.toIntExact(b.shape()[0]);
    }

    /** Adds a multiple of B A to a matrix (out, in), row-major. */
    void addTo(double[] sum, double factor) {
        for (int row = 0; row < out(); row++) {
            for (int k = 0; k < rank(); k++) {
                double left = factor * b.values()[row * rank() + k];
                for (int column = 0; column < in(); column++) {
                    sum[row * in() + column] += left * a.values()[k * in() + column];
                }
            }
        }
    }

    /**
     * Factors of the same product with orthonormal rows in A and orthogonal columns in B, longest first: with the singular
     * value decomposition B A = U S V^T, A is V^T and B is U S. The sign of each pair makes the largest entry of its column
     * of B positive. Works on the factors; the product itself is never formed. A row of A that depends on others becomes 0.
     */
    Factors orthonormal() {
        double[][] rows = rows(a);
        double[][] columns = transposed(rows(b));
        double[][] triangle = orthonormalise(rows);
        columns = combined(transposed(triangle), columns); // B L
        rotate(columns, rows);
        sort(columns, rows);
        return new Factors(tensor(rows), tensor(transposed(columns)));
    }

    /** Gram and Schmidt's method, twice for the last digits, in place; returns the lower triangle L of A = L Q. */
    private static double[][] orthonormalise(double[][] rows) {
        double[][] triangle = new double[rows.length][rows.length];
        for (int i = 0; i < rows.length; i++) {
            double length = norm(rows[i]);
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    double along = dot(rows[i], rows[j]);
                    triangle[i][j] += along;
                    add(rows[i], -along, rows[j]);
                }
            }
            double left = norm(rows[i]);
            boolean dependent = left <= 1e-12 * length;
            triangle[i][i] = dependent ? 0 : left;
            scale(rows[i], dependent ? 0 : 1 / left);
        }
        return triangle;
    }

    /** One-sided Jacobi: rotates pairs of columns until all are orthogonal, and the rows with them, so the product stays. */
    private static void rotate(double[][] columns, double[][] rows) {
        boolean rotated = true;
        for (int sweep = 0; rotated && sweep < SWEEPS; sweep++) {
            rotated = false;
            for (int i = 0; i < columns.length; i++) {
                for (int j = i + 1; j < columns.length; j++) {
                    double across = dot(columns[i], columns[j]);
                    double first = dot(columns[i], columns[i]);
                    double second = dot(columns[j], columns[j]);
                    if (Math.abs(across) <= ORTHOGONAL * Math.sqrt(first * second)) {
                        continue;
                    }
                    rotated = true;
                    double zeta = (second - first) / (2 * across);
                    double tangent = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
                    double cosine = 1 / Math.sqrt(1 + tangent * tangent);
                    rotate(columns[i], columns[j], cosine, cosine * tangent);
                    rotate(rows[i], rows[j], cosine, cosine * tangent);
                }
            }
        }
    }

    private static void rotate(double[] left, double[] right, double cosine, double sine) {
        for (int k = 0; k < left.length; k++) {
            double before = left[k];
            left[k] = cosine * before - sine * right[k];
            right[k] = sine * before + cosine * right[k];
        }
    }

    private static void sort(double[][] columns, double[][] rows) {
        for (int i = 0; i < columns.length; i++) {
            int longest = i;
            for (int j = i + 1; j < columns.length; j++) {
                if (norm(columns[j]) > norm(columns[longest])) {
                    longest = j;
                }
            }
            swap(columns, i, longest);
            swap(rows, i, longest);
            double largest = 0;
            for (double value : columns[i]) {
                largest = Math.abs(value) > Math.abs(largest) ? value : largest;
            }
            if (largest < 0) {
                scale(columns[i], -1);
                scale(rows[i], -1);
            }
        }
    }

    private static void swap(double[][] vectors, int i, int j) {
        double[] vector = vectors[i];
        vectors[i] = vectors[j];
        vectors[j] = vector;
    }

    /** Each row of the weights combines the vectors. */
    private static double[][] combined(double[][] weights, double[][] vectors) {
        double[][] sums = new double[weights.length][vectors[0].length];
        for (int i = 0; i < weights.length; i++) {
            for (int j = 0; j < vectors.length; j++) {
                add(sums[i], weights[i][j], vectors[j]);
            }
        }
        return sums;
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int k = 0; k < left.length; k++) {
            sum += left[k] * right[k];
        }
        return sum;
    }

    private static double norm(double[] vector) {
        return Math.sqrt(dot(vector, vector));
    }

    private static void add(double[] sum, double factor, double[] vector) {
        for (int k = 0; k < sum.length; k++) {
            sum[k] += factor * vector[k];
        }
    }

    private static void scale(double[] vector, double factor) {
        for (int k = 0; k < vector.length; k++) {
            vector[k] *= factor;
        }
    }

    private static double[][] transposed(double[][] matrix) {
        double[][] transposed = new double[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix[i].length; j++) {
                transposed[j][i] = matrix[i][j];
            }
        }
        return transposed;
    }

    private static double[][] rows(Tensor matrix) {
        int columns = Math.toIntExact(matrix.shape()[1]);
        double[][] rows = new double[Math.toIntExact(matrix.shape()[0])][columns];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns; j++) {
                rows[i][j] = matrix.values()[i * columns + j];
            }
        }
        return rows;
    }

    private static Tensor tensor(double[][] rows) {
        float[] values = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                values[i * rows[i].length + j] = (float) rows[i][j];
            }
        }
        return new Tensor(new long[] {rows.length, rows[0].length}, values);
    }
}
