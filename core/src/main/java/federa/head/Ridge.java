package federa.head;

import java.util.List;

/**
 * Ridge regression of the classes, as unit vectors, on the features: W = (sum z z^T + lambda D)^-1 sum z y^T. D has a 1 for
 * each feature and a 0 for the bias, which is not held back. Lambda is a multiple of the mean of the features' squares, so
 * that it means the same whatever the encoder and the number of examples.
 *
 * @see <a href="https://arxiv.org/abs/2406.01116">Fed3R</a>
 */
record Ridge() implements ClosedForm {

    private static final List<Double> LAMBDAS = List.of(1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0);

    @Override
    public boolean needsProducts() {
        return true;
    }

    @Override
    public List<Double> settings() {
        return LAMBDAS;
    }

    @Override
    public LastLayer solve(FeatureSums sums, double lambda) {
        int size = sums.size();
        double squares = 0;
        for (int i = 0; i < size - 1; i++) {
            squares += sums.product(i, i);
        }
        double penalty = squares == 0 ? 1 : lambda * squares / (size - 1);
        double[][] matrix = new double[size][];
        for (int j = 0; j < size; j++) {
            matrix[j] = new double[j + 1];
            for (int i = 0; i <= j; i++) {
                matrix[j][i] = sums.product(i, j);
            }
            matrix[j][j] += j < size - 1 ? penalty : 0;
        }
        Cholesky cholesky = new Cholesky(matrix);
        double[][] rows = new double[sums.classes()][];
        for (int row = 0; row < rows.length; row++) {
            double[] target = new double[size];
            for (int i = 0; i < size; i++) {
                target[i] = sums.target(i, row);
            }
            rows[row] = cholesky.solve(target);
        }
        return new LastLayer(rows);
    }
}
