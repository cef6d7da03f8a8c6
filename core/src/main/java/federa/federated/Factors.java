package federa.federated;

import federa.peft.Method;
import federa.peft.OrdinaryLora;
import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * The low-rank factors of a layer, whose product B A is a change of its weight.
 *
 * @param a A (r, in)
 * @param b B (out, r)
 */
record Factors(Tensor a, Tensor b) {

    /** The layers that have factors among these tensors. */
    static List<String> layers(TensorMap tensors) {
        return layers(tensors.asMap().keySet());
    }

    /** The layers that have factors among tensors of these names. */
    static List<String> layers(Collection<String> names) {
        return names.stream()
                .filter(name -> name.endsWith(OrdinaryLora.A))
                .map(Factors::layer)
                .toList();
    }

    /** The layer that a factor of this name belongs to. */
    static String layer(String factor) {
        return factor.substring(0, factor.lastIndexOf('.'));
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
     * @throws InvalidInputException naming the strategy that needs it, if the method has no such term
     */
    static double requireScale(Method method, String strategy) {
        return method.scale()
                .orElseThrow(() -> new InvalidInputException(
                        "federation.strategy is %s, which works on the factors of low-rank adapters, but method.kind is %s; set it to federa or lora"
                                .formatted(strategy, method.name())));
    }

    /**
     * The change of a frozen weight since round 0 after a further change.
     *
     * @param baseDelta the changes so far; a weight that is not among them has not changed
     * @param further the further change of each element, row-major, rounded once with the sum
     */
    static Tensor changed(TensorMap baseDelta, String weight, long[] shape, IntToDoubleFunction further) {
        float[] former = baseDelta.contains(weight)
                ? baseDelta.get(weight).values()
                : new float[Math.toIntExact(Tensor.size(shape))];
        float[] now = new float[former.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = (float) (former[i] + further.applyAsDouble(i));
        }
        return new Tensor(shape, now);
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
     * of B positive. A row of A that depends on others becomes 0.
     */
    Factors orthonormal() {
        StackedFactors stack = new StackedFactors();
        stack.add(this, 1);
        stack.decompose();
        return stack.first(rank());
    }
}
