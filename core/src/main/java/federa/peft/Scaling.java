package federa.peft;

/** What a low-rank product is multiplied by. */
public enum Scaling {
    /** alpha / r. */
    STANDARD {
        @Override
        double of(double alpha, int rank) {
            return alpha / rank;
        }
    },
    /**
     * alpha / sqrt(r), with which the size of the updates does not depend on the rank.
     *
     * @see <a href="https://arxiv.org/abs/2312.03732">rsLoRA</a>
     */
    RANK_STABILIZED {
        @Override
        double of(double alpha, int rank) {
            return alpha / Math.sqrt(rank);
        }
    };

    abstract double of(double alpha, int rank);
}
