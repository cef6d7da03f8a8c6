package federa.checkpoint;

import federa.spi.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One named tensor of a weight file: elements in row-major order, little-endian.
 *
 * <p>{@code bytes} is a read-only view, often of a mapped file, and stays readable after the checkpoint is closed;
 * {@code shape} is not copied and must not be changed. Equality is by identity of both: compare the contents instead.
 *
 * @param name as in the file
 * @param type of every element
 * @param shape empty for a scalar
 * @param bytes exactly the elements, from position 0
 */
@SuppressWarnings("ArrayRecordComponent")
public record Tensor(String name, ElementType type, long[] shape, ByteBuffer bytes) {
    public Tensor {
        bytes = bytes.slice().asReadOnlyBuffer();
        long count = Shapes.elements(shape);
        if (count < 0 || count > bytes.capacity() || count * type.bytes() != bytes.capacity()) {
            throw new InvalidInputException(String.format(
                    "tensor %s: shape %s of %s does not match %d bytes",
                    CheckpointException.quote(name), Arrays.toString(shape), type, bytes.capacity()));
        }
    }

    /** A new F32 tensor holding a copy of the values. */
    public static Tensor ofFloats(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        return new Tensor(name, ElementType.F32, shape, bytes);
    }

    /** A new I64 tensor holding a copy of the values. */
    public static Tensor ofLongs(String name, long[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
        return new Tensor(name, ElementType.I64, shape, bytes);
    }

    /** A fresh little-endian, read-only view of all elements. */
    @Override
    public ByteBuffer bytes() {
        return bytes.duplicate().rewind().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Number of elements. */
    public int elements() {
        return bytes.capacity() / type.bytes();
    }

    /** The elements as floats: exact for F32, F16 and BF16, rounded to nearest for F64. */
    public float[] toFloats() {
        float[] values = new float[elements()];
        ByteBuffer from = bytes();
        switch (type) {
            case F32 -> from.asFloatBuffer().get(values);
            case F64 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) from.getDouble(i * Double.BYTES);
                }
            }
            case F16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = halfToFloat(from.getShort(i * Short.BYTES));
                }
            }
            case BF16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.intBitsToFloat(from.getShort(i * Short.BYTES) << 16);
                }
            }
            default -> throw wrongType("floating-point numbers");
        }
        return values;
    }

    /**
     * Checks that the elements are finite numbers of float32, without copying them.
     *
     * @param file that the tensor is from, for the message
     * @throws CheckpointException if they are not floating-point numbers, or one is NaN or infinite or becomes so
     */
    public void requireFinite(Path file) {
        if (!type.isFloating()) {
            throw new CheckpointException(
                    file,
                    "tensor %s holds %s, but a weight is a floating-point number; save the model as F32, F16 or BF16"
                            .formatted(CheckpointException.quote(name), type));
        }
        ByteBuffer from = bytes();
        for (int i = 0; i < elements(); i++) {
            float value =
                    switch (type) {
                        case F64 -> (float) from.getDouble(i * Double.BYTES);
                        case F16 -> halfToFloat(from.getShort(i * Short.BYTES));
                        case BF16 -> Float.intBitsToFloat(from.getShort(i * Short.BYTES) << 16);
                        default -> from.getFloat(i * Float.BYTES);
                    };
            if (!Float.isFinite(value)) {
                throw new CheckpointException(
                        file,
                        "tensor %s holds %s at place %d; it was damaged, or saved after its training had failed; use"
                                        .formatted(CheckpointException.quote(name), value, i)
                                + " earlier weights");
            }
        }
    }

    /** The elements of an integer or boolean tensor. */
    public long[] toLongs() {
        long[] values = new long[elements()];
        ByteBuffer from = bytes();
        switch (type) {
            case I64 -> from.asLongBuffer().get(values);
            case I32 -> Arrays.setAll(values, i -> from.getInt(i * Integer.BYTES));
            case I16 -> Arrays.setAll(values, i -> from.getShort(i * Short.BYTES));
            case I8 -> Arrays.setAll(values, from::get);
            case U8, BOOL -> Arrays.setAll(values, i -> from.get(i) & 0xff);
            default -> throw wrongType("integers");
        }
        return values;
    }

    @Override
    public String toString() {
        return name + " " + type + Arrays.toString(shape);
    }

    /** IEEE 754 binary16 to binary32, exact: subnormals become normal numbers, NaN payloads keep their bits. */
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wideExponent = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | wideExponent << 23 | fraction << 13);
    }

    private InvalidInputException wrongType(String wanted) {
        return new InvalidInputException(String.format(
                "tensor %s holds %s, not %s: read it with %s",
                CheckpointException.quote(name), type, wanted, type.isFloating() ? "toFloats" : "toLongs"));
    }
}
