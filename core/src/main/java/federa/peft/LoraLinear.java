package federa.peft;

import ai.djl.ndarray.NDArray;
import federa.encoder.Linear;
import federa.encoder.Wiring;
import federa.engine.Kernels;
import federa.engine.Torch;

/**
 * A frozen linear layer with a trained low-rank term: x W^T + b + s (x A^T) B^T, with A (R, in) and B (out, R).
 *
 * @see <a href="https://arxiv.org/abs/2106.09685">LoRA, section 4.1</a>
 */
final class LoraLinear extends Linear {

    /** Suffixes of the tensors' names, as in PEFT's files. */
    static final String A = "lora_A";

    static final String B = "lora_B";

    private final NDArray a;
    private final NDArray b;
    private final NDArray scaling;

    LoraLinear(Wiring wiring, String name, int in, int out, int rank, double scaling) {
        super(wiring, name, in, out);
        a = bindAdapter(A, wiring.array(name + "." + A, rank, in));
        b = bindAdapter(B, wiring.array(name + "." + B, out, rank));
        this.scaling = Torch.constant(a.getManager(), scaling);
    }

    @Override
    public NDArray apply(NDArray input, boolean training) {
        return Kernels.lora(super.apply(input, training), input, a, b, scaling);
    }
}
