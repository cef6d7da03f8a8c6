package federa.federated;

/** How much a client's update counts in the average. */
public enum Weighting {
    /** By its number of examples, as FedAvg has it. */
    NUM_EXAMPLES {
        @Override
        public double of(long numExamples) {
            return numExamples;
        }
    },
    /** All the same. */
    UNIFORM {
        @Override
        public double of(long numExamples) {
            return 1;
        }
    };

    /** The weight, not normalised, of a client with this many examples. */
    public abstract double of(long numExamples);
}
