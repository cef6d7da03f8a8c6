package federa.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The inner operations of a layer of RoBERTa-base, 8 texts of 128 tokens, on one thread, beside what DJL has for them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class KernelsBenchmark {

    private static final int TOKENS = 8 * 128;
    private static final int HIDDEN = 768;
    private static final int INTERMEDIATE = 3072;
    private static final int RANK = 8;

    @Param({"FP32", "BF16"})
    private Precision precision;

    private NDManager manager;
    private NDArray x;
    private NDArray x32;
    private NDArray w;
    private NDArray wt;
    private NDArray bias;
    private NDArray y;
    private NDArray a;
    private NDArray b;
    private NDArray one;
    private NDArray scores;

    @Setup
    public void open() {
        Torch.threads(1);
        manager = Torch.newManager(Device.cpu());
        x = normal(TOKENS, HIDDEN);
        x32 = manager.randomNormal(new Shape(TOKENS, HIDDEN));
        w = normal(INTERMEDIATE, HIDDEN);
        wt = manager.randomNormal(new Shape(HIDDEN, INTERMEDIATE));
        bias = normal(INTERMEDIATE);
        y = normal(TOKENS, INTERMEDIATE);
        a = normal(RANK, HIDDEN);
        b = normal(INTERMEDIATE, RANK);
        one = Torch.constant(manager, 1);
        scores = normal(8 * 12, 128, 128);
    }

    private NDArray normal(long... shape) {
        NDArray drawn = manager.randomNormal(0, 1, new Shape(shape), DataType.FLOAT32);
        return precision == Precision.BF16 ? Kernels.bf16(drawn) : drawn;
    }

    @TearDown
    public void close() {
        manager.close();
    }

    @Benchmark
    public void linear() {
        Kernels.linear(x, w, bias).close();
    }

    /** The same sums by DJL's matrix product, in float32 whatever the precision. */
    @Benchmark
    public void matMulOfDjlInFloat32() {
        x32.matMul(wt).close();
    }

    @Benchmark
    public void lora() {
        Kernels.lora(y, x, a, b, one).close();
    }

    @Benchmark
    public void softmax() {
        Kernels.softmax(scores).close();
    }

    @Benchmark
    public void dropout() {
        SeededDropout.apply(x, 0.1, 1).close();
    }
}
