package federa.peft;

import ai.djl.ndarray.NDArray;
import federa.encoder.BaseModel;
import federa.encoder.Joint;
import federa.encoder.Wiring;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Pfeiffer's adapters, as AdapterHub defines them: one bottleneck a layer, after the feed-forward, on the normalised sum:
 * y = LayerNorm(h + residual); LayerNorm(adapter(y) + h + residual), the same pre-trained LayerNorm twice.
 *
 * @param bottleneck width of the narrow layer
 * @param activation inside it
 * @see <a href="https://arxiv.org/abs/2005.00247">AdapterFusion, section 3</a>
 */
public record Pfeiffer(int bottleneck, Activation activation) implements Method {

    public Pfeiffer {
        Bottleneck.requireValid(bottleneck);
    }

    @Override
    public String name() {
        return "pfeiffer";
    }

    @Override
    public TensorMap initial(BaseModel base, long seed) {
        Map<String, Tensor> tensors = new TreeMap<>();
        base.config().architecture().subLayers(base.config()).stream()
                .filter(Pfeiffer::adapts)
                .forEach(subLayer -> Bottleneck.initial(subLayer, base.config().hidden(), bottleneck, seed, tensors));
        return new TensorMap(tensors);
    }

    @Override
    public Joint joint(Wiring wiring, String name, int hidden) {
        if (!adapts(name)) {
            return new Joint();
        }
        return new Bottleneck(wiring, name, hidden, bottleneck, activation) {
            @Override
            public NDArray apply(NDArray output, NDArray residual, UnaryOperator<NDArray> norm, boolean training) {
                NDArray sum = output.add(residual);
                return norm.apply(adapter(norm.apply(sum), training).add(sum));
            }
        };
    }

    private static boolean adapts(String subLayer) {
        return !subLayer.endsWith(".attention.output");
    }
}
