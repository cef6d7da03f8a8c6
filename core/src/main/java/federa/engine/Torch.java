package federa.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import federa.tensor.Tensor;

/**
 * PyTorch as DJL gives it to us. This package is the only one that knows DJL's engine internals.
 *
 * <p>DJL's {@code GradientCollector} allows one collector per JVM; the calls below it do not, so clients can train side
 * by side in one executor.
 */
public final class Torch {

    /** Loads the native library when this class is first used. */
    private static final Engine ENGINE = Engine.getEngine("PyTorch");

    private Torch() {}

    /** A manager that owns native memory until closed. */
    public static NDManager newManager(Device device) {
        return ENGINE.newBaseManager(device);
    }

    /** CUDA devices that PyTorch can use in this process. */
    public static int gpus() {
        return Cuda.DEVICES;
    }

    /** Looked for once, when somebody asks: DJL warns each time it finds a driver that does not fit. */
    private static final class Cuda {
        static final int DEVICES = ENGINE.getGpuCount();
    }

    /** The version of PyTorch's native library. */
    public static String version() {
        return ENGINE.getVersion();
    }

    /** Native threads that one operation started by the current thread may use. */
    public static void threads(int count) {
        JniUtils.setNumThreads(count);
    }

    /** What {@link #threads(int)} set, or all cores. */
    public static int threads() {
        return JniUtils.getNumThreads();
    }

    /**
     * Multiplies by a constant, inside a graph that gradients flow through.
     *
     * <p>Never use {@code array.mul(Number)} there: DJL wraps the number in a Java buffer and gives the buffer up at
     * once, while the backward pass still reads it. After a garbage collection the gradients are noise.
     */
    public static NDArray scale(NDArray array, double factor) {
        try (NDArray constant = constant(array.getManager(), factor)) {
            return array.mul(constant);
        }
    }

    /** A scalar in native memory, which a backward pass can read even after the array was closed. */
    public static NDArray constant(NDManager manager, double value) {
        return manager.full(new Shape(), (float) value);
    }

    /** Whether operations of the current thread are recorded for a backward pass. */
    static boolean recordsGradients() {
        return JniUtils.isGradMode();
    }

    /** Switches the recording for the current thread. */
    static void recordGradients(boolean record) {
        JniUtils.setGradMode(record);
    }

    /** Computes the gradient of a scalar with respect to every tensor that requires one, and adds it to theirs. */
    public static void backward(NDArray loss) {
        try (NDArray one = loss.onesLike()) {
            backward(loss, one);
        }
    }

    /** The same for any array, given the gradient of a scalar with respect to it. */
    public static void backward(NDArray array, NDArray gradient) {
        JniUtils.backward((PtNDArray) array, (PtNDArray) gradient, false, false);
    }

    /** Forgets an array's gradient; PyTorch adds to it otherwise. */
    public static void zeroGradient(NDArray array) {
        JniUtils.zeroGrad((PtNDArray) array);
    }

    /** Copies a heap tensor into native memory. */
    public static NDArray toArray(NDManager manager, Tensor tensor) {
        return manager.create(tensor.values(), new Shape(tensor.shape()));
    }

    /** Copies a native float32 array to the heap. */
    public static Tensor toTensor(NDArray array) {
        return new Tensor(array.getShape().getShape(), array.toFloatArray());
    }
}
