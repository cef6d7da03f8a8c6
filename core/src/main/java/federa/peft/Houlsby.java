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
 * Houlsby's adapters: a bottleneck after the attention's and after the feed-forward's dense layer, LayerNorm(h +
 * adapter(h) + residual). The base stays frozen.
 *
 * @param bottleneck width of the narrow layer
 * @param activation inside it
 * @see <a href="https://arxiv.org/abs/1902.00751">Parameter-efficient transfer learning for NLP, section 2.1</a>
 */
public record Houlsby(int bottleneck, Activation activation) implements Method {

    public Houlsby {
        Bottleneck.requireValid(bottleneck);
    }

    @Override
    public String name() {
        return "houlsby";
    }

    @Override
    public TensorMap initial(BaseModel base, long seed) {
        Map<String, Tensor> tensors = new TreeMap<>();
        base.config()
                .family()
                .subLayers(base.config())
                .forEach(subLayer -> Bottleneck.initial(subLayer, base.config().hidden(), bottleneck, seed, tensors));
        return new TensorMap(tensors);
    }

    @Override
    public Joint joint(Wiring wiring, String name, int hidden) {
        return new Bottleneck(wiring, name, hidden, bottleneck, activation) {
            @Override
            public NDArray apply(NDArray output, NDArray residual, UnaryOperator<NDArray> norm, boolean training) {
                return norm.apply(output.add(adapter(output, training)).add(residual));
            }
        };
    }

    @Override
    public TensorMap merged(BaseModel base, TensorMap trained, TensorMap anchor) {
        throw Bottleneck.cannotBeMerged(name());
    }
}
