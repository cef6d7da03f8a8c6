package federa.train;

/** Over what the learning rate rises and falls. */
public enum Schedule {
    /**
     * Over the steps of a client's round: linear warm-up over ceil(share x steps), then linear decay to 0 at the end.
     *
     * <p>From the highest rate on it is Hugging Face's {@code get_linear_schedule_with_warmup}. That one starts its
     * warm-up at 0 and a client of a single step would learn nothing; this one rises evenly from above 0, a share of
     * (step + 1) / (warm-up + 1).
     */
    ROUND {
        @Override
        Rates rates(double warmUp, int round, int rounds) {
            return (highest, step, steps) -> {
                double warm = Math.ceil(warmUp * steps);
                if (step < warm) {
                    return highest * (step + 1) / (warm + 1);
                }
                return highest * (steps - step) / Math.max(1, steps - warm);
            };
        }
    },
    /**
     * Over all rounds of the run: linear warm-up over that share of the rounds, then linear decay to 0 at the end of the
     * last. A step stands in the run where its middle does, whatever the number of a client's steps.
     */
    RUN {
        @Override
        Rates rates(double warmUp, int round, int rounds) {
            return (highest, step, steps) -> {
                double done = (round - 1 + (step + 0.5) / steps) / rounds;
                return done < warmUp ? highest * done / warmUp : highest * (1 - done) / (1 - warmUp);
            };
        }
    };

    /** The learning rates of a client's round. */
    @FunctionalInterface
    public interface Rates {

        /**
         * The rate of a step.
         *
         * @param highest of the schedule
         * @param step from 0
         * @param steps of the client's round
         */
        double at(double highest, int step, int steps);
    }

    /**
     * The rates of a round, a function of its arguments.
     *
     * @param warmUp share in which the rate rises, 0 to 1
     * @param round from 1
     * @param rounds of the run in all
     */
    abstract Rates rates(double warmUp, int round, int rounds);
}
