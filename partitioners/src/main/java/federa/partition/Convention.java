package federa.partition;

/**
 * What alpha multiplies to give the Dirichlet concentrations over the labels.
 *
 * <p>For L balanced labels FEDNLP with alpha x L is HSU with alpha. A figure must say which one it uses.
 */
public enum Convention {
    /** alpha x prior of the label, as in FedNLP: the concentrations sum to alpha. */
    FEDNLP {
        @Override
        double[] concentrations(double alpha, GroupCounts labels) {
            double[] result = new double[labels.size()];
            for (int label = 0; label < result.length; label++) {
                result[label] = alpha * ((double) labels.count(label) / labels.total());
            }
            return result;
        }
    },
    /**
     * alpha for each label, as implementations that cite Hsu et al. do: the concentrations sum to alpha x L. A large
     * alpha then asks for the same share of every label, which is IID only if the labels are balanced.
     */
    HSU {
        @Override
        double[] concentrations(double alpha, GroupCounts labels) {
            return Dirichlet.symmetric(labels.size(), alpha);
        }
    };

    abstract double[] concentrations(double alpha, GroupCounts labels);
}
