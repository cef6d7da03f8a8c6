package federa.train;

import federa.encoder.CheckpointedPass;
import federa.encoder.DropoutSeeds;
import federa.encoder.LayerPass;
import federa.encoder.PlainPass;
import java.io.Serializable;

/**
 * How a client trains in a round.
 *
 * @param epochs passes over the client's examples
 * @param batchSize examples per step
 * @param learningRate the highest of the schedule
 * @param warmUp share of the steps in which the rate rises linearly; then it falls linearly to 0
 * @param clipNorm largest global norm of the gradients, 0 for no clipping
 * @param gradientCheckpointing whether each layer is computed again for its gradients instead of kept: less memory, a
 *     third to a half more time, the same numbers
 * @param optimizer the update rule
 */
public record LocalTraining(
        int epochs,
        int batchSize,
        double learningRate,
        double warmUp,
        double clipNorm,
        boolean gradientCheckpointing,
        OptimizerConfig optimizer)
        implements Serializable {

    public LocalTraining {
        require(epochs >= 1, "epochs must be at least 1", epochs);
        require(batchSize >= 1, "batch-size must be at least 1", batchSize);
        require(learningRate > 0 && Double.isFinite(learningRate), "learning-rate must be above 0", learningRate);
        require(warmUp >= 0 && warmUp <= 1, "warm-up is a share of the steps, 0 to 1", warmUp);
        require(clipNorm >= 0, "clip-norm must be 0 (off) or more", clipNorm);
    }

    /** How the layers of a model run that trains so. */
    public LayerPass pass(DropoutSeeds seeds) {
        return gradientCheckpointing ? new CheckpointedPass(seeds) : new PlainPass();
    }

    /**
     * The learning rate of a step: linear warm-up over ceil(share x steps), then linear decay to 0 at the end.
     *
     * <p>From the highest rate on it is Hugging Face's {@code get_linear_schedule_with_warmup}. That one starts its
     * warm-up at 0 and a client of a single step would learn nothing; this one rises evenly from above 0, a share of
     * (step + 1) / (warm-up + 1).
     *
     * @param step from 0
     * @param steps of the whole round
     */
    public double learningRateAt(int step, int steps) {
        double warm = Math.ceil(warmUp * steps);
        if (step < warm) {
            return learningRate * (step + 1) / (warm + 1);
        }
        return learningRate * (steps - step) / Math.max(1, steps - warm);
    }

    private static void require(boolean valid, String rule, Number value) {
        if (!valid) {
            throw new IllegalArgumentException("training.%s, got %s".formatted(rule, value));
        }
    }
}
