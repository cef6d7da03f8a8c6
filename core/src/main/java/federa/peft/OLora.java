package federa.peft;

import ai.djl.ndarray.NDArray;
import federa.tensor.Tensor;
import java.util.Map;

/**
 * OLoRA: the adapters start from the QR decomposition of the pre-trained weight, W = Q R: B0 is the first r columns of Q,
 * which are orthonormal, and A0 the first r rows of R, whatever the scaling.
 *
 * <p>Only the first r columns of W are reflected, by Householder's method; signs are those of LAPACK, so PEFT's.
 *
 * @param rank of the product B A that an adapter adds, r
 * @param alpha numerator of the scaling s
 * @param scaling s as a function of alpha and rank
 * @param targets the layers that carry an adapter
 * @see <a href="https://arxiv.org/abs/2406.01775">OLoRA</a>
 */
public record OLora(int rank, double alpha, Scaling scaling, Targets targets) implements ResidualLora {

    public OLora {
        LowRank.requireValid(rank, alpha);
    }

    @Override
    public String name() {
        return "olora";
    }

    @Override
    public Map<String, Tensor> start(String layer, NDArray weight) {
        int out = Math.toIntExact(weight.size(0));
        int in = Math.toIntExact(weight.size(1));
        double[] r = weight.toDoubleArray(); // becomes R, its first r rows
        double[] q = new double[out * rank]; // becomes Q
        double[][] reflections = new double[rank][];
        for (int k = 0; k < rank; k++) {
            reflections[k] = reflection(r, in, k);
            reflect(r, in, reflections[k]);
            q[k * rank + k] = 1;
        }
        for (int k = rank - 1; k >= 0; k--) {
            reflect(q, rank, reflections[k]);
        }
        float[] a = new float[rank * in];
        for (int k = 0; k < rank; k++) {
            for (int i = k; i < in; i++) { // what is left of the diagonal is 0
                a[k * in + i] = (float) r[k * in + i];
            }
        }
        float[] b = new float[q.length];
        for (int i = 0; i < b.length; i++) {
            b[i] = (float) q[i];
        }
        return Map.of(
                layer + OrdinaryLora.A, new Tensor(new long[] {rank, in}, a),
                layer + OrdinaryLora.B, new Tensor(new long[] {out, rank}, b));
    }

    /** The unit vector v for which I - 2 v v^T clears a column of a matrix below the diagonal; 0 if it is clear. */
    private static double[] reflection(double[] matrix, int columns, int column) {
        double[] v = new double[matrix.length / columns];
        double squares = 0;
        for (int row = column; row < v.length; row++) {
            v[row] = matrix[row * columns + column];
            squares += v[row] * v[row];
        }
        if (squares == v[column] * v[column]) {
            return new double[v.length];
        }
        v[column] += Math.copySign(Math.sqrt(squares), v[column]);
        double length = 0;
        for (double value : v) {
            length += value * value;
        }
        for (int row = 0; row < v.length; row++) {
            v[row] /= Math.sqrt(length);
        }
        return v;
    }

    /** Multiplies a matrix from the left by I - 2 v v^T. */
    private static void reflect(double[] matrix, int columns, double[] v) {
        for (int column = 0; column < columns; column++) {
            double along = 0;
            for (int row = 0; row < v.length; row++) {
                along += v[row] * matrix[row * columns + column];
            }
            for (int row = 0; row < v.length; row++) {
                matrix[row * columns + column] -= 2 * along * v[row];
            }
        }
    }
}
