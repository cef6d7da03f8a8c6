package federa.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.Serializable;

/**
 * How fast this processor multiplies matrices in float32 and in bfloat16, measured on a small layer in some milliseconds.
 * Processors' names and flags say less: libraries use an instruction set or fall back to plain loops, which were measured
 * to be 83 times slower than float32.
 *
 * @param fp32 seconds of one product in float32
 * @param bf16 seconds of the same product in bfloat16
 */
public record ProductSpeed(double fp32, double bf16) implements Serializable {

    /** The measured product's rows, and its inputs and outputs: 134 MFLOP. */
    private static final int ROWS = 256;

    private static final int SIZE = 512;

    /** The fastest of so many products counts, since others may use the same cores. */
    private static final int PRODUCTS = 10;

    /** No further product is begun after so many nanoseconds: slow ones need not be measured well. */
    private static final long ENOUGH = 50_000_000;

    /** What bfloat16 must at least gain before its rounding is worth it. */
    private static final double WORTH_IT = 1.1;

    /** Measures on this device, with the native threads that the current thread has. */
    public static ProductSpeed measure(Device device) {
        try (NDManager manager = Torch.newManager(device);
                GradMode off = GradMode.off()) {
            NDList fp32 = new NDList(
                    manager.ones(new Shape(ROWS, SIZE)),
                    manager.ones(new Shape(SIZE, SIZE)),
                    manager.zeros(new Shape(SIZE)));
            NDList bf16 = new NDList(fp32.stream().map(Kernels::bf16).toArray(NDArray[]::new));
            seconds(fp32); // the first product of a kind also prepares the library
            seconds(bf16);
            ProductSpeed fastest = new ProductSpeed(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
            long start = System.nanoTime();
            for (int i = 0; i < PRODUCTS && (i == 0 || System.nanoTime() - start < ENOUGH); i++) {
                fastest =
                        new ProductSpeed(Math.min(fastest.fp32, seconds(fp32)), Math.min(fastest.bf16, seconds(bf16)));
            }
            return fastest;
        }
    }

    private static double seconds(NDList product) {
        long start = System.nanoTime();
        Kernels.linear(product.get(0), product.get(1), product.get(2)).close();
        return (System.nanoTime() - start) / 1e9;
    }

    /** How many times as fast bfloat16 is as float32. */
    public double gain() {
        return fp32 / bf16;
    }

    /** Whether bfloat16 is faster by enough to be worth its rounding. */
    public boolean favoursBf16() {
        return gain() >= WORTH_IT;
    }

    /** The one of two processors on which bfloat16 gains less: the one that decides for a cluster that has both. */
    public static ProductSpeed slower(ProductSpeed left, ProductSpeed right) {
        return left.gain() <= right.gain() ? left : right;
    }
}
