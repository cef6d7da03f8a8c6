package federa.head;

import java.util.List;

/**
 * The nearest class mean as a linear layer: w = m - M and b = (|M|^2 - |m|^2) / 2, m being a class's mean of the features and
 * M that of all, since -|z - m|^2 / 2 differs from w z + b by what all classes share. A class without examples has the mean of
 * all. Clients send far less than for {@link Ridge}.
 *
 * @see <a href="https://arxiv.org/abs/2306.03937">FedNCM</a>
 */
record ClassMeans() implements ClosedForm {

    @Override
    public boolean needsProducts() {
        return false;
    }

    @Override
    public List<Double> settings() {
        return List.of(0.0);
    }

    @Override
    public LastLayer solve(FeatureSums sums, double none) {
        int width = sums.size() - 1;
        double[] all = new double[width + 1];
        for (int i = 0; i <= width; i++) {
            for (int row = 0; row < sums.classes(); row++) {
                all[i] += sums.target(i, row);
            }
        }
        double[][] rows = new double[sums.classes()][width + 1];
        for (int row = 0; row < rows.length; row++) {
            double weight = sums.weight(row);
            if (weight == 0) {
                continue;
            }
            for (int i = 0; i < width; i++) {
                double mean = sums.target(i, row) / weight;
                double ofAll = all[i] / all[width];
                rows[row][i] = mean - ofAll;
                rows[row][width] += (ofAll * ofAll - mean * mean) / 2;
            }
        }
        return new LastLayer(rows);
    }
}
