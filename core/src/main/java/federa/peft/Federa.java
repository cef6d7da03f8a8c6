package federa.peft;

import ai.djl.ndarray.NDArray;
import federa.engine.Kernels;
import federa.tensor.Tensor;
import java.util.Map;

/**
 * FeDeRA: the adapters of LoRA, started from the principal components of the pre-trained weight.
 *
 * <p>With W = U S V^T, A0 = sqrt(S_r / s) V_r^T and B0 = U_r sqrt(S_r / s), so that s B0 A0 is the best approximation of
 * W of rank r for any scaling s = alpha / r; with alpha = r this is the paper's A0 = sqrt(S_r) V_r^T, B0 = U_r
 * sqrt(S_r). The base keeps the frozen residual W - s B0 A0: the model of round 0 is the pre-trained one.
 *
 * <p>The sign of each pair makes the largest entry of its column of U positive.
 *
 * @param rank of the product B A that an adapter adds, r
 * @param alpha numerator of the scaling s
 * @param scaling s as a function of alpha and rank
 * @param targets the layers that carry an adapter
 * @see <a href="https://arxiv.org/abs/2404.18848">FeDeRA</a>
 * @see <a href="https://arxiv.org/abs/2404.02948">PiSSA, the same start outside federated learning</a>
 */
public record Federa(int rank, double alpha, Scaling scaling, Targets targets) implements ResidualLora {

    public Federa {
        LowRank.requireValid(rank, alpha);
    }

    @Override
    public String name() {
        return "federa";
    }

    @Override
    public Map<String, Tensor> start(String layer, NDArray weight) {
        return start(layer, Kernels.principal(weight, rank), 0, rank, scaling.of(alpha, rank));
    }

    /**
     * A and B of so many terms of a decomposition, of which both have the root of the singular value over s.
     *
     * @param first term
     */
    static Map<String, Tensor> start(String layer, Kernels.Components components, int first, int rank, double scale) {
        double[] u = components.u().toDoubleArray(); // (out, terms)
        double[] s = components.s().toDoubleArray();
        double[] vt = components.vt().toDoubleArray(); // (terms, in)
        int out = u.length / s.length;
        int in = vt.length / s.length;
        float[] a = new float[rank * in];
        float[] b = new float[out * rank];
        for (int k = 0; k < rank; k++) {
            int term = first + k;
            double root = Math.sqrt(s[term] / scale) * signOfLargest(u, term, s.length);
            for (int i = 0; i < in; i++) {
                a[k * in + i] = (float) (root * vt[term * in + i]);
            }
            for (int o = 0; o < out; o++) {
                b[o * rank + k] = (float) (root * u[o * s.length + term]);
            }
        }
        return Map.of(
                layer + OrdinaryLora.A, new Tensor(new long[] {rank, in}, a),
                layer + OrdinaryLora.B, new Tensor(new long[] {out, rank}, b));
    }

    private static double signOfLargest(double[] u, int column, int columns) {
        double largest = 0;
        for (int i = column; i < u.length; i += columns) {
            if (Math.abs(u[i]) > Math.abs(largest)) {
                largest = u[i];
            }
        }
        return largest < 0 ? -1 : 1;
    }
}
