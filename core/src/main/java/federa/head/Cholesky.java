package federa.head;

import federa.spi.InvalidInputException;

/** The Cholesky decomposition L L^T of a symmetric positive definite matrix, in double precision. */
final class Cholesky {

    private final double[][] lower;

    /**
     * Decomposes in place.
     *
     * @param lower the matrix's lower triangle, row i of i + 1 elements
     * @throws InvalidInputException if the matrix is not positive definite
     */
    Cholesky(double[][] lower) {
        this.lower = lower;
        for (int i = 0; i < lower.length; i++) {
            for (int j = 0; j <= i; j++) {
                double rest = lower[i][j];
                for (int k = 0; k < j; k++) {
                    rest -= lower[i][k] * lower[j][k];
                }
                if (i > j) {
                    lower[i][j] = rest / lower[j][j];
                } else if (rest > 0) {
                    lower[i][i] = Math.sqrt(rest);
                } else {
                    throw new InvalidInputException(
                            "a matrix is not positive definite: %s at %d of %d".formatted(rest, i, lower.length));
                }
            }
        }
    }

    /** The x of L L^T x = b. */
    double[] solve(double[] b) {
        double[] x = b.clone();
        for (int i = 0; i < x.length; i++) {
            for (int k = 0; k < i; k++) {
                x[i] -= lower[i][k] * x[k];
            }
            x[i] /= lower[i][i];
        }
        for (int i = x.length - 1; i >= 0; i--) {
            for (int k = i + 1; k < x.length; k++) {
                x[i] -= lower[k][i] * x[k];
            }
            x[i] /= lower[i][i];
        }
        return x;
    }
}
