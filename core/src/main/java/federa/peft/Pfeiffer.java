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
 * Pfeiffer's adapters: one bottleneck a layer, after the feed-forward.
 *
 * @param bottleneck width of the narrow layer
 * @param activation inside it
 * @param placement what the bottleneck is given
 * @see <a href="https://arxiv.org/abs/2005.00247">AdapterFusion, section 3</a>
 */
public record Pfeiffer(int bottleneck, Activation activation, Placement placement) implements Method {

    /** What the bottleneck of a layer is given. */
    public enum Placement {
        /**
         * The normalised sum, as AdapterHub has it: y = LayerNorm(h + residual); LayerNorm(adapter(y) + h + residual), the
         * same pre-trained LayerNorm twice.
         */
        ADAPTER_HUB {
            @Override
            NDArray join(
                    Bottleneck adapter, NDArray h, NDArray residual, UnaryOperator<NDArray> norm, boolean training) {
                NDArray sum = h.add(residual);
                return norm.apply(adapter.adapter(norm.apply(sum), training).add(sum));
            }
        },
        /** The feed-forward's output, as Houlsby has it: LayerNorm(h + adapter(h) + residual). */
        SIMPLE {
            @Override
            NDArray join(
                    Bottleneck adapter, NDArray h, NDArray residual, UnaryOperator<NDArray> norm, boolean training) {
                return norm.apply(h.add(adapter.adapter(h, training)).add(residual));
            }
        };

        abstract NDArray join(
                Bottleneck adapter, NDArray h, NDArray residual, UnaryOperator<NDArray> norm, boolean training);
    }

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
        base.config().family().subLayers(base.config()).stream()
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
                return placement.join(this, output, residual, norm, training);
            }
        };
    }

    private static boolean adapts(String subLayer) {
        return !subLayer.endsWith(".attention.output");
    }

    @Override
    public TensorMap merged(BaseModel base, TensorMap trained, TensorMap anchor) {
        throw Bottleneck.cannotBeMerged(name());
    }
}
