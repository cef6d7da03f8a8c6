package federa.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.engine.Torch;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Low-rank changes of an untouched base model, W + s B A, as the PEFT library understands a LoRA.
 *
 * @param rank r, of every layer
 * @param alpha numerator of the scaling s
 * @param scaling s as a function of alpha and rank
 * @param tensors {@code LAYER.lora_A} (r, in) and {@code LAYER.lora_B} (out, r) of every adapted layer, and the head's
 */
public record OrdinaryLora(int rank, double alpha, Scaling scaling, TensorMap tensors) {

    /** Suffixes of the tensors' names, after the layer's. */
    public static final String A = "." + LoraLinear.A;

    public static final String B = "." + LoraLinear.B;

    public OrdinaryLora {
        LowRank.requireValid(rank, alpha);
    }

    /** True for the name of an A or B. */
    public static boolean isFactor(String name) {
        return name.endsWith(A) || name.endsWith(B);
    }

    /** The adapted layers and the tensors of the head, the others as the base has them. */
    TensorMap merged(BaseModel base) {
        Map<String, Tensor> merged = new TreeMap<>();
        try (NDManager scratch = base.newSubManager()) {
            for (String name : tensors.asMap().keySet()) {
                if (name.endsWith(A)) {
                    String layer = name.substring(0, name.length() - A.length());
                    merged.put(layer + ".weight", merged(base, layer, scratch));
                } else if (!name.endsWith(B)) {
                    merged.put(name, tensors.get(name));
                }
            }
        }
        return base.toTensors().with(new TensorMap(merged));
    }

    private Tensor merged(BaseModel base, String layer, NDManager scratch) {
        NDArray a = Torch.toArray(scratch, tensors.get(layer + A));
        NDArray b = Torch.toArray(scratch, tensors.get(layer + B));
        NDArray change = b.matMul(a).mul(scaling.of(alpha, rank));
        return Torch.toTensor(change.add(base.tensor(layer + ".weight")));
    }
}
