package federa.peft;

import java.util.Arrays;

/** Singular values by one-sided Jacobi rotations, in plain Java: what the native decomposition is judged by. */
public final class Jacobi {

    private Jacobi() {}

    /** The singular values, descending, of a matrix (rows, columns) in row-major order. */
    public static double[] singularValues(float[] matrix, int rows, int columns) {
        double[][] a = new double[columns][rows]; // by columns, so that rotations turn whole arrays
        for (int i = 0; i < matrix.length; i++) {
            a[i % columns][i / columns] = matrix[i];
        }
        boolean rotated = true;
        for (int sweep = 0; rotated && sweep < 60; sweep++) {
            rotated = false;
            for (int p = 0; p < columns; p++) {
                for (int q = p + 1; q < columns; q++) {
                    rotated |= orthogonalise(a[p], a[q]);
                }
            }
        }
        double[] values = new double[columns];
        for (int column = 0; column < columns; column++) {
            values[column] = Math.sqrt(dot(a[column], a[column]));
        }
        Arrays.sort(values);
        for (int i = 0; i < columns / 2; i++) {
            double small = values[i];
            values[i] = values[columns - 1 - i];
            values[columns - 1 - i] = small;
        }
        return Arrays.copyOf(values, Math.min(rows, columns));
    }

    private static boolean orthogonalise(double[] x, double[] y) {
        double xy = dot(x, y);
        double xx = dot(x, x);
        double yy = dot(y, y);
        if (Math.abs(xy) <= 1e-15 * Math.sqrt(xx * yy)) {
            return false;
        }
        double zeta = (yy - xx) / (2 * xy);
        double tan = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        double cos = 1 / Math.sqrt(1 + tan * tan);
        double sin = cos * tan;
        for (int i = 0; i < x.length; i++) {
            double old = x[i];
            x[i] = cos * old - sin * y[i];
            y[i] = sin * old + cos * y[i];
        }
        return true;
    }

    private static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }
}
