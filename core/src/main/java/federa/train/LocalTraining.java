package federa.train;

import federa.encoder.CheckpointedPass;
import federa.encoder.DropoutSeeds;
import federa.encoder.LayerPass;
import federa.encoder.PlainPass;
import federa.spi.InvalidInputException;
import java.io.Serializable;

/**
 * How a client trains in a round.
 *
 * @param epochs passes over the client's examples, if local-steps is 0
 * @param localSteps steps of each client, which goes through its examples as often as that takes; 0 for whole passes
 * @param batchSize examples per step
 * @param learningRate the highest of the schedule
 * @param headLearningRate likewise, of the head's tensors; or `frozen`, then they are neither trained nor sent
 * @param schedule over what the rate rises and falls: each `round`, or the whole `run`
 * @param warmUp share of the steps in which the rate rises linearly; then it falls linearly to 0
 * @param clipNorm largest global norm of the gradients, 0 for no clipping
 * @param gradientCheckpointing whether each layer is computed again for its gradients instead of kept: less memory, a
 *     third to a half more time, the same numbers
 * @param optimizer the update rule
 */
public record LocalTraining(
        int epochs,
        int localSteps,
        int batchSize,
        double learningRate,
        HeadRate headLearningRate,
        Schedule schedule,
        double warmUp,
        double clipNorm,
        boolean gradientCheckpointing,
        OptimizerConfig optimizer)
        implements Serializable {

    public LocalTraining {
        require(epochs >= 1, "epochs must be at least 1", epochs);
        require(localSteps >= 0, "local-steps must be 0 (whole passes) or more", localSteps);
        require(batchSize >= 1, "batch-size must be at least 1", batchSize);
        require(learningRate > 0 && Double.isFinite(learningRate), "learning-rate must be above 0", learningRate);
        require(
                headLearningRate.value() >= 0 && Double.isFinite(headLearningRate.value()),
                "head-learning-rate must be above 0, or frozen",
                headLearningRate.value());
        require(warmUp >= 0 && warmUp <= 1, "warm-up is a share of the steps, 0 to 1", warmUp);
        require(clipNorm >= 0, "clip-norm must be 0 (off) or more", clipNorm);
    }

    /** Whole passes, one rate for all tensors, and a schedule within each round. */
    public LocalTraining(
            int epochs,
            int batchSize,
            double learningRate,
            double warmUp,
            double clipNorm,
            boolean gradientCheckpointing,
            OptimizerConfig optimizer) {
        this(
                epochs,
                0,
                batchSize,
                learningRate,
                new HeadRate(learningRate),
                Schedule.ROUND,
                warmUp,
                clipNorm,
                gradientCheckpointing,
                optimizer);
    }

    /** How the layers of a model run that trains so. */
    public LayerPass pass(DropoutSeeds seeds) {
        return gradientCheckpointing ? new CheckpointedPass(seeds) : new PlainPass();
    }

    /**
     * The learning rates of a round.
     *
     * @param round from 1
     * @param rounds of the run in all
     */
    public Schedule.Rates schedule(int round, int rounds) {
        return schedule.rates(warmUp, round, rounds);
    }

    private static void require(boolean valid, String rule, Number value) {
        if (!valid) {
            throw new InvalidInputException("training.%s, got %s".formatted(rule, value));
        }
    }
}
