package federa.checkpoint;

/** Arithmetic on shapes that came from a file and may be anything. */
final class Shapes {
    private Shapes() {}

    /** The number of elements, or -1 for a negative dimension or a number beyond a long. */
    static long elements(long[] shape) {
        boolean empty = false;
        for (long dimension : shape) {
            if (dimension < 0) {
                return -1;
            }
            empty |= dimension == 0;
        }
        if (empty) {
            return 0;
        }
        long count = 1;
        for (long dimension : shape) {
            if (count > Long.MAX_VALUE / dimension) {
                return -1;
            }
            count *= dimension;
        }
        return count;
    }

    /** True if elements with these strides lie one after the other in row-major order. */
    static boolean isRowMajor(long[] shape, long[] strides) {
        long expected = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (shape[axis] != 1 && strides[axis] != expected) {
                return false;
            }
            expected *= shape[axis];
        }
        return true;
    }

    /** The largest offset that an index of a non-empty shape reaches, or -1 if that is negative or beyond a long. */
    static long lastOffset(long start, long[] shape, long[] strides) {
        long last = start;
        for (int axis = 0; axis < shape.length; axis++) {
            if (strides[axis] < 0 || last < 0) {
                return -1;
            }
            long steps = shape[axis] - 1;
            if (steps > 0 && strides[axis] > (Long.MAX_VALUE - last) / steps) {
                return -1;
            }
            last += steps * strides[axis];
        }
        return last;
    }
}
