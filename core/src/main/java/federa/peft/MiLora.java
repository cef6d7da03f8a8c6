package federa.peft;

import ai.djl.ndarray.NDArray;
import federa.engine.Kernels;
import federa.tensor.Tensor;
import java.util.Map;

/**
 * MiLoRA: the adapters start from the minor components of the pre-trained weight, its smallest singular values, where FeDeRA
 * takes the largest: with W = U S V^T and its last r terms, A0 = sqrt(S / s) V^T and B0 = U sqrt(S / s). The negative
 * control of FeDeRA's start.
 *
 * @param rank of the product B A that an adapter adds, r
 * @param alpha numerator of the scaling s
 * @param scaling s as a function of alpha and rank
 * @param targets the layers that carry an adapter
 * @see <a href="https://arxiv.org/abs/2406.09044">MiLoRA</a>
 */
public record MiLora(int rank, double alpha, Scaling scaling, Targets targets) implements ResidualLora {

    public MiLora {
        LowRank.requireValid(rank, alpha);
    }

    @Override
    public String name() {
        return "milora";
    }

    @Override
    public Map<String, Tensor> start(String layer, NDArray weight) {
        int terms = Math.toIntExact(Math.min(weight.size(0), weight.size(1)));
        Kernels.Components all = Kernels.principal(weight, terms);
        return Federa.start(layer, all, terms - rank, rank, scaling.of(alpha, rank));
    }
}
