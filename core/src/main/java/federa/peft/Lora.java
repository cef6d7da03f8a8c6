package federa.peft;

import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.encoder.Linear;
import federa.encoder.Wiring;
import federa.random.Draw;
import federa.random.Seeds;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * LoRA: A starts uniform in +-1/sqrt(in) (Kaiming with a = sqrt 5), B starts at zero, the base stays as it is.
 *
 * @param rank of the product B A that an adapter adds, r
 * @param alpha numerator of the scaling s
 * @param scaling s as a function of alpha and rank
 * @param targets the layers that carry an adapter
 * @see <a href="https://arxiv.org/abs/2106.09685">LoRA</a>
 */
public record Lora(int rank, double alpha, Scaling scaling, Targets targets) implements Method {

    public Lora {
        LowRank.requireValid(rank, alpha);
    }

    @Override
    public String name() {
        return "lora";
    }

    @Override
    public void requireFits(EncoderConfig config) {
        LowRank.requireFits(rank, targets, config);
    }

    @Override
    public TensorMap initial(BaseModel base, long seed) {
        requireFits(base.config());
        Map<String, Tensor> tensors = new TreeMap<>();
        targets.of(base.config()).forEach((layer, shape) -> {
            long out = shape[0];
            long in = shape[1];
            tensors.put(
                    layer + "." + LoraLinear.A,
                    Draw.uniform(1 / Math.sqrt((double) in), Seeds.of(seed, layer), rank, in));
            tensors.put(layer + "." + LoraLinear.B, Draw.zeros(out, rank));
        });
        return new TensorMap(tensors);
    }

    @Override
    public OptionalDouble scale() {
        return OptionalDouble.of(scaling.of(alpha, rank));
    }

    @Override
    public Linear linear(Wiring wiring, String name, int in, int out) {
        return LowRank.linear(wiring, name, in, out, rank, scaling.of(alpha, rank), targets);
    }

    @Override
    public OrdinaryLora ordinaryLora(TensorMap trained, TensorMap anchor) {
        return new OrdinaryLora(rank, alpha, scaling, trained);
    }

    @Override
    public TensorMap merged(BaseModel base, TensorMap trained, TensorMap anchor) {
        return ordinaryLora(trained, anchor).merged(base);
    }
}
