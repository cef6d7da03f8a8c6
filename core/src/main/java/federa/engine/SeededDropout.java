package federa.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Dropout that is a pure function of its seed: the same on every machine, whatever other threads do.
 *
 * <p>The masks are drawn here and not by PyTorch, which has one generator per process, another one for each make of
 * processor, and draws six times slower where it has to do without Intel's. They are SplitMix64's numbers: each gives
 * four elements 16 bits to be compared with the rate. What goes to PyTorch are the bits of bfloat16 ones and zeros.
 *
 * @see <a href="https://doi.org/10.1145/2660193.2660195">Steele, Lea and Flood 2014, SplitMix64</a>
 */
public final class SeededDropout {

    /** 1 in each of the four lanes of a long. */
    private static final long EACH = 0x0001_0001_0001_0001L;

    private static final int LANES = 4;

    /** The top bit of each lane. */
    private static final long TOP = EACH << 15;

    /** Steps of the rate: 15 bits decide, so it is met to 0.00002. */
    private static final int STEPS = 1 << 15;

    private static final ThreadLocal<Buffer> BUFFER = ThreadLocal.withInitial(Buffer::new);

    private SeededDropout() {}

    /** Zeroes each element with probability {@code rate} and scales the others by 1 / (1 - rate). */
    public static NDArray apply(NDArray input, double rate, long seed) {
        NDManager manager = input.getManager();
        int count = Math.toIntExact((input.size() + LANES - 1) / LANES);
        try (NDArray lanes = manager.create(BUFFER.get().draw(count, rate, seed), new Shape(count), DataType.INT64);
                NDArray scale = Torch.constant(manager, 1 / (1 - rate))) {
            return Kernels.dropout(input, lanes, scale);
        }
    }

    /** One per thread: the kernel copies the lanes, so the next mask can be drawn into the same memory. */
    private static final class Buffer {

        private long[] lanes = new long[0];
        private ByteBuffer bytes;

        /** Lanes of 0x3F80, bfloat16's 1, or with the rate's probability 0. */
        ByteBuffer draw(int count, double rate, long seed) {
            if (lanes.length < count) {
                lanes = new long[count];
                bytes = ByteBuffer.allocateDirect(Long.BYTES * count).order(ByteOrder.nativeOrder());
            }
            long kept = (STEPS - Math.round(rate * STEPS)) * EACH;
            for (int i = 0; i < count; i++) {
                long z = seed + i * 0x9E3779B97F4A7C15L;
                z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
                z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
                z ^= z >>> 31;
                // A lane of 15 random bits plus the number of kept steps carries into its top bit if it is to be kept.
                lanes[i] = ((((z & ~TOP) + kept) & TOP) >>> 8) * 0x7F;
            }
            bytes.clear().asLongBuffer().put(lanes, 0, count);
            return bytes.limit(Long.BYTES * count);
        }
    }
}
