package federa.tensor;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A float32 tensor on the Java heap, row-major: the form in which weights cross process boundaries and are stored.
 *
 * <p>The arrays are shared, not copied: whoever makes a Tensor hands both over and changes neither afterwards.
 *
 * @param shape the sizes of the axes; empty for a scalar
 * @param values the elements, as many as the product of the shape
 */
public record Tensor(long[] shape, float[] values) implements Serializable {

    private static final int CHUNK = 1 << 14;

    public Tensor {
        long size = size(shape);
        if (size != values.length) {
            throw new IllegalArgumentException("a tensor of shape %s has %d elements, not %d"
                    .formatted(Arrays.toString(shape), size, values.length));
        }
    }

    /** The number of elements of this shape. */
    public static long size(long... shape) {
        long size = 1;
        for (long axis : shape) {
            size = Math.multiplyExact(size, axis);
        }
        return size;
    }

    /** Reads little-endian float32 bytes, the inverse of {@link #toBytes()}. */
    public static Tensor ofBytes(long[] shape, byte[] bytes) {
        if (bytes.length % Float.BYTES != 0) {
            throw new IllegalArgumentException("a tensor of shape %s cannot have %d bytes: float32 has %d each"
                    .formatted(Arrays.toString(shape), bytes.length, Float.BYTES));
        }
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return new Tensor(shape, values);
    }

    /** The elements as little-endian float32. */
    public byte[] toBytes() {
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return buffer.array();
    }

    /**
     * The sum of this and another tensor, each element rounded once.
     *
     * @throws IllegalArgumentException if their shapes differ
     */
    public Tensor plus(Tensor other) {
        if (!Arrays.equals(shape, other.shape)) {
            throw new IllegalArgumentException("cannot add a tensor of shape %s to one of shape %s"
                    .formatted(Arrays.toString(other.shape), Arrays.toString(shape)));
        }
        float[] sum = new float[values.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = values[i] + other.values[i];
        }
        return new Tensor(shape, sum);
    }

    /** False if any element is NaN or infinite. */
    public boolean isFinite() {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Feeds the little-endian bytes to a digest, a chunk at a time. */
    void digest(java.security.MessageDigest digest) {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length; from += CHUNK) {
            int count = Math.min(CHUNK, values.length - from);
            buffer.clear();
            buffer.asFloatBuffer().put(values, from, count);
            digest.update(buffer.limit(count * Float.BYTES));
        }
    }

    @Override
    public String toString() {
        return "Tensor" + Arrays.toString(shape);
    }
}
