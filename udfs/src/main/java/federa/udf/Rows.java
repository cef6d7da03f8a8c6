package federa.udf;

import federa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tensors in pieces of whole rows (a row: all elements of one index of the first axis), so that what moves between tasks
 * is of some MB however large a tensor is. A tensor of up to {@link #ELEMENTS} is one piece, itself.
 */
final class Rows {

    /** Of a piece at most, unless a single row has more: 4 MB. */
    static final int ELEMENTS = 1 << 20;

    private Rows() {}

    /** How many pieces a tensor of this shape has. */
    static int pieces(long... shape) {
        long rows = Tensor.size(shape) <= ELEMENTS ? 1 : shape[0];
        return Math.toIntExact((rows + perPiece(shape) - 1) / perPiece(shape));
    }

    private static long perPiece(long... shape) {
        long size = Tensor.size(shape);
        return size <= ELEMENTS ? 1 : Math.max(1, ELEMENTS / (size / shape[0]));
    }

    /** The pieces in order. */
    static List<Tensor> of(Tensor tensor) {
        long[] shape = tensor.shape();
        int count = pieces(shape);
        if (count == 1) {
            return List.of(tensor);
        }
        int row = Math.toIntExact(Tensor.size(shape) / shape[0]);
        List<Tensor> pieces = new ArrayList<>(count);
        for (int piece = 0; piece < count; piece++) {
            long first = piece * perPiece(shape);
            long rows = Math.min(perPiece(shape), shape[0] - first);
            long[] part = shape.clone();
            part[0] = rows;
            int from = Math.toIntExact(first * row);
            pieces.add(new Tensor(part, Arrays.copyOfRange(tensor.values(), from, from + Math.toIntExact(rows * row))));
        }
        return pieces;
    }

    /** The tensor of these pieces, in order. */
    static Tensor joined(List<Tensor> pieces) {
        if (pieces.size() == 1) {
            return pieces.get(0);
        }
        long[] shape = pieces.get(0).shape().clone();
        shape[0] = pieces.stream().mapToLong(piece -> piece.shape()[0]).sum();
        float[] values = new float[Math.toIntExact(Tensor.size(shape))];
        int at = 0;
        for (Tensor piece : pieces) {
            System.arraycopy(piece.values(), 0, values, at, piece.values().length);
            at += piece.values().length;
        }
        return new Tensor(shape, values);
    }
}
