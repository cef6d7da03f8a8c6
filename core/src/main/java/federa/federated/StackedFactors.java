package federa.federated;

import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A sum of products w_k B_k A_k, held as its factors one beside the other, [w_1 B_1, w_2 B_2, ..] [A_1; A_2; ..]: a matrix
 * (out, in) of low rank that is not formed. Computes in double precision, in an order that depends on nothing but what was
 * added.
 *
 * <p>Where the factors together would be larger than the matrix, it is kept as the matrix times the unit matrix, so memory
 * does not grow with the number of products.
 */
final class StackedFactors implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Off-diagonal cosines below this are rounding, of sums over a few hundred terms. */
    private static final double ORTHOGONAL = 1e-14;

    /** Jacobi's method converges quadratically: a handful of sweeps do for any rank in use. */
    private static final int SWEEPS = 60;

    /** Of the left factor, each of length out; as many as there are rows. */
    private ArrayList<double[]> columns = new ArrayList<>();

    /** Of the right factor, each of length in. */
    private ArrayList<double[]> rows = new ArrayList<>();

    /**
     * Adds a multiple of B A.
     *
     * @throws InvalidInputException if the product has another shape than those before
     */
    void add(Factors factors, double weight) {
        int out = factors.out();
        int in = factors.in();
        int rank = factors.rank();
        if (!rows.isEmpty() && (columns.get(0).length != out || rows.get(0).length != in)) {
            throw new InvalidInputException("cannot add factors of a matrix of %d x %d to those of one of %d x %d"
                    .formatted(out, in, columns.get(0).length, rows.get(0).length));
        }
        for (int k = 0; k < rank; k++) {
            double[] column = new double[out];
            for (int i = 0; i < out; i++) {
                column[i] = weight * factors.b().values()[i * rank + k];
            }
            double[] row = new double[in];
            for (int j = 0; j < in; j++) {
                row[j] = factors.a().values()[k * in + j];
            }
            columns.add(column);
            rows.add(row);
        }
        if (rows.size() >= 2 * Math.min(out, in)) {
            widen(out, in);
        }
    }

    /** The same matrix as a product with the unit matrix. */
    private void widen(int out, int in) {
        if (in <= out) {
            List<double[]> sums = combined(transposed(rows), columns);
            rows = new ArrayList<>(unit(in));
            columns = new ArrayList<>(sums);
        } else {
            List<double[]> sums = combined(transposed(columns), rows);
            columns = new ArrayList<>(unit(out));
            rows = new ArrayList<>(sums);
        }
    }

    /** Multiplies the matrix. */
    void scale(double factor) {
        columns.forEach(column -> scale(column, factor));
    }

    /** A copy that can be changed without changing this. */
    StackedFactors copy() {
        StackedFactors copy = new StackedFactors();
        columns.forEach(column -> copy.columns.add(column.clone()));
        rows.forEach(row -> copy.rows.add(row.clone()));
        return copy;
    }

    /** The matrix (out, in), row-major. */
    double[] dense() {
        int out = columns.get(0).length;
        int in = rows.get(0).length;
        double[] matrix = new double[out * in];
        for (int k = 0; k < rows.size(); k++) {
            double[] row = rows.get(k);
            for (int i = 0; i < out; i++) {
                double left = columns.get(k)[i];
                for (int j = 0; j < in; j++) {
                    matrix[i * in + j] += left * row[j];
                }
            }
        }
        return matrix;
    }

    /**
     * Brings the factors of the same matrix into the form of its singular value decomposition U S V^T: the rows are those of
     * V^T and the columns those of U S, longest first. The sign of each pair makes the largest entry of its column positive.
     * A row that depends on others becomes 0, and its column with it.
     */
    void decompose() {
        List<double[]> right = orthonormalise(rows); // A = L Q
        columns = new ArrayList<>(combined(transposed(right), columns)); // B L
        List<double[]> core = orthonormalise(columns); // of the rows in terms of the columns
        List<double[]> turns = unit(rows.size());
        rotate(core, turns);
        columns = new ArrayList<>(combined(core, columns));
        rows = new ArrayList<>(combined(turns, rows));
        sort();
    }

    /** The Frobenius norm of the terms of a decomposed matrix from this one on: what is lost if only those before are kept. */
    double norm(int from) {
        double squares = 0;
        for (double[] column : columns.subList(Math.min(from, columns.size()), columns.size())) {
            squares += dot(column, column);
        }
        return Math.sqrt(squares);
    }

    /** Drops all terms but the first. */
    void keep(int terms) {
        columns = new ArrayList<>(columns.subList(0, Math.min(terms, columns.size())));
        rows = new ArrayList<>(rows.subList(0, Math.min(terms, rows.size())));
    }

    /**
     * The first terms as factors, rounded to float32. Of a decomposed matrix that is the best approximation of this rank.
     * Terms that are missing are 0.
     */
    Factors first(int rank) {
        int out = columns.get(0).length;
        int in = rows.get(0).length;
        float[] a = new float[rank * in];
        float[] b = new float[out * rank];
        for (int k = 0; k < Math.min(rank, rows.size()); k++) {
            for (int j = 0; j < in; j++) {
                a[k * in + j] = (float) rows.get(k)[j];
            }
            for (int i = 0; i < out; i++) {
                b[i * rank + k] = (float) columns.get(k)[i];
            }
        }
        return new Factors(new Tensor(new long[] {rank, in}, a), new Tensor(new long[] {out, rank}, b));
    }

    /** Divides the singular values of a decomposed matrix evenly between both factors, as in U sqrt(S) and sqrt(S) V^T. */
    void balance() {
        for (int k = 0; k < rows.size(); k++) {
            double root = Math.sqrt(norm(columns.get(k)));
            if (root > 0) {
                scale(columns.get(k), 1 / root);
                scale(rows.get(k), root);
            }
        }
    }

    /** Gram and Schmidt's method, twice for the last digits, in place: of rows A = L Q leaves Q and returns the triangle L. */
    private static List<double[]> orthonormalise(List<double[]> rows) {
        List<double[]> triangle = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            double[] row = rows.get(i);
            double[] along = new double[rows.size()];
            triangle.add(along);
            double length = norm(row);
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    double component = dot(row, rows.get(j));
                    along[j] += component;
                    add(row, -component, rows.get(j));
                }
            }
            double left = norm(row);
            boolean dependent = left <= 1e-12 * length;
            along[i] = dependent ? 0 : left;
            scale(row, dependent ? 0 : 1 / left);
        }
        return triangle;
    }

    /** One-sided Jacobi: rotates pairs of vectors until all are orthogonal, and their partners with them. */
    private static void rotate(List<double[]> vectors, List<double[]> partners) {
        double[] squares = vectors.stream().mapToDouble(v -> dot(v, v)).toArray();
        boolean rotated = true;
        for (int sweep = 0; rotated && sweep < SWEEPS; sweep++) {
            rotated = false;
            for (int i = 0; i < squares.length; i++) {
                for (int j = i + 1; j < squares.length; j++) {
                    double across = dot(vectors.get(i), vectors.get(j));
                    if (Math.abs(across) <= ORTHOGONAL * Math.sqrt(squares[i] * squares[j])) {
                        continue;
                    }
                    rotated = true;
                    double zeta = (squares[j] - squares[i]) / (2 * across);
                    double tangent = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
                    double cosine = 1 / Math.sqrt(1 + tangent * tangent);
                    rotate(vectors.get(i), vectors.get(j), cosine, cosine * tangent);
                    rotate(partners.get(i), partners.get(j), cosine, cosine * tangent);
                    squares[i] = dot(vectors.get(i), vectors.get(i));
                    squares[j] = dot(vectors.get(j), vectors.get(j));
                }
            }
        }
    }

    private static void rotate(double[] left, double[] right, double cosine, double sine) {
        for (int k = 0; k < left.length; k++) {
            double before = left[k];
            left[k] = cosine * before - sine * right[k];
            right[k] = sine * before + cosine * right[k];
        }
    }

    private void sort() {
        for (int i = 0; i < columns.size(); i++) {
            int longest = i;
            for (int j = i + 1; j < columns.size(); j++) {
                if (norm(columns.get(j)) > norm(columns.get(longest))) {
                    longest = j;
                }
            }
            Collections.swap(columns, i, longest);
            Collections.swap(rows, i, longest);
            double largest = 0;
            for (double value : columns.get(i)) {
                largest = Math.abs(value) > Math.abs(largest) ? value : largest;
            }
            if (largest < 0) {
                scale(columns.get(i), -1);
                scale(rows.get(i), -1);
            }
        }
    }

    /** Each of the weights' vectors combines the vectors. */
    private static List<double[]> combined(List<double[]> weights, List<double[]> vectors) {
        List<double[]> sums = new ArrayList<>();
        for (double[] weight : weights) {
            double[] sum = new double[vectors.get(0).length];
            for (int j = 0; j < vectors.size(); j++) {
                add(sum, weight[j], vectors.get(j));
            }
            sums.add(sum);
        }
        return sums;
    }

    private static List<double[]> transposed(List<double[]> matrix) {
        List<double[]> transposed = new ArrayList<>();
        for (int j = 0; j < matrix.get(0).length; j++) {
            double[] column = new double[matrix.size()];
            for (int i = 0; i < column.length; i++) {
                column[i] = matrix.get(i)[j];
            }
            transposed.add(column);
        }
        return transposed;
    }

    private static List<double[]> unit(int size) {
        List<double[]> unit = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            double[] row = new double[size];
            row[i] = 1;
            unit.add(row);
        }
        return unit;
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int k = 0; k < left.length; k++) {
            sum += left[k] * right[k];
        }
        return sum;
    }

    private static double norm(double[] vector) {
        return Math.sqrt(dot(vector, vector));
    }

    private static void add(double[] sum, double factor, double[] vector) {
        for (int k = 0; k < sum.length; k++) {
            sum[k] += factor * vector[k];
        }
    }

    private static void scale(double[] vector, double factor) {
        for (int k = 0; k < vector.length; k++) {
            vector[k] *= factor;
        }
    }
}
