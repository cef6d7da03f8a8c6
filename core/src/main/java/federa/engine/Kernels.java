package federa.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import federa.tensor.TensorMap;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * PyTorch operations that DJL's API lacks, from a TorchScript module that is written here at run time, without Python.
 * One module serves the process; every operation can be called by many threads at once, and gradients flow through all
 * but the decomposition. A result belongs to the manager of the first argument.
 *
 * <p>The module's source is the resource {@code kernels.py.txt}; it has no state.
 */
public final class Kernels {

    private static final PtNDManager MANAGER = (PtNDManager) Torch.newManager(Device.cpu());
    private static final PtSymbolBlock LOADED = load();

    private static final NDArray BF16 = named("bf16");
    private static final NDArray LINEAR = named("linear");
    private static final NDArray LORA = named("lora");
    private static final NDArray TRACKED = named("tracked");
    private static final NDArray SOFTMAX = named("softmax");
    private static final NDArray GELU_TANH = named("gelu_tanh");
    private static final NDArray DIAGONALS = named("diagonals");
    private static final NDArray DROPOUT = named("dropout");
    private static final NDArray ADAMW = named("adamw");
    private static final NDArray PRINCIPAL = named("principal");

    private Kernels() {}

    /**
     * x rounded to bfloat16. Java must not read such an array, nor make one: DJL has no way to, and ends the process.
     * Operations take it as any other.
     */
    static NDArray bf16(NDArray x) {
        return call(BF16, x).singletonOrThrow();
    }

    /**
     * x W^T + b, as a convolution of 1 x 1 pixels: the same sums, by oneDNN, which knows every processor's instructions;
     * the matrix product would be MKL's, which knows Intel's only.
     *
     * @param x (.., in)
     * @param w (out, in)
     * @param b (out)
     * @return (.., out), in the type of x, which is that of the sum's terms too
     */
    public static NDArray linear(NDArray x, NDArray w, NDArray b) {
        return call(LINEAR, x, w, b).singletonOrThrow();
    }

    /** y + s (x A^T) B^T in the type of x and y, with y (.., out), x (.., in), A (R, in), B (out, R) and s a scalar. */
    public static NDArray lora(NDArray y, NDArray x, NDArray a, NDArray b, NDArray s) {
        return call(LORA, y, x, a, b, s).singletonOrThrow();
    }

    /** Whether a backward pass goes on from this array; DJL's hasGradient says so of parameters only. */
    public static boolean tracked(NDArray x) {
        try (NDArray tracked = call(TRACKED, x).singletonOrThrow()) {
            return tracked.getBoolean();
        }
    }

    /** softmax(x) over the last axis, in the type of x; DJL's own names the type and cannot name bfloat16. */
    public static NDArray softmax(NDArray x) {
        return call(SOFTMAX, x).singletonOrThrow();
    }

    /** 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), element by element, in the type of x. */
    public static NDArray geluTanh(NDArray x) {
        return call(GELU_TANH, x).singletonOrThrow();
    }

    /**
     * Of the rows of a contiguous array, each a place further to the left than the row before: y[i, j] = x[i, T - 1 - i +
     * j].
     *
     * @param x (B, N, I, 2T - 1), which an operation has just made
     * @return a view (B, N, I, T)
     */
    public static NDArray diagonals(NDArray x) {
        return call(DIAGONALS, x).singletonOrThrow();
    }

    /** x times a mask times the scalar s. The mask is what the lanes (n / 4, rounded up) are as bfloat16 numbers. */
    static NDArray dropout(NDArray x, NDArray lanes, NDArray s) {
        return call(DROPOUT, x, lanes, s).singletonOrThrow();
    }

    /**
     * One step of AdamW in one pass over a tensor. Changes the weight, its mean and its variance in place.
     *
     * @param settings learning rate, beta 1, beta 2, eps, weight decay and the number of this step, from 1: float64
     */
    public static void adamW(NDArray weight, NDArray gradient, NDArray mean, NDArray variance, NDArray settings) {
        call(ADAMW, weight, gradient, mean, variance, settings).close();
    }

    /**
     * The largest terms of the singular value decomposition W = U diag(S) V^T of a matrix (m, n), from the eigenvectors of
     * its smaller Gram matrix. Squaring costs half the digits of the smallest singular values against the largest, so the
     * matrix must be float64.
     *
     * @return U (m, rank), S (rank) descending, V^T (rank, n); vectors of singular values 0 may be 0
     */
    public static Components principal(NDArray matrix, int rank) {
        try (NDArray count = matrix.getManager().create((long) rank)) {
            NDList parts = call(PRINCIPAL, matrix, count);
            return new Components(parts.get(0), parts.get(1), parts.get(2));
        }
    }

    /** Singular vectors and values of {@link #principal}. */
    public record Components(NDArray u, NDArray s, NDArray vt) {}

    private static NDList call(NDArray method, NDArray... arguments) {
        // Per thread, and without effect after the first time: the operations as they are written. PyTorch's optimizer
        // would watch two calls and then compile for the shapes it saw, which are others in every batch.
        JniUtils.setGraphExecutorOptimize(false);
        NDList inputs = new NDList(arguments.length + 1);
        NDList views = new NDList();
        for (NDArray argument : arguments) {
            NDArray positional = argument;
            if (argument.getName() != null) {
                // A parameter's name has dots, from which DJL would make a map of arguments.
                positional = argument.reshape(argument.getShape());
                views.add(positional);
            }
            inputs.add(positional);
        }
        inputs.add(method);
        try (views) {
            // GradMode alone decides what is recorded; false would give tensors that no gradient may ever pass.
            return IValueUtils.forward(LOADED, inputs, true);
        }
    }

    /** DJL takes a method's name from the name of an argument. */
    private static NDArray named(String method) {
        NDArray name = MANAGER.create(0);
        name.setName("module_method:" + method);
        return name;
    }

    private static PtSymbolBlock load() {
        try {
            return JniUtils.loadModule(MANAGER, new ByteArrayInputStream(archive()), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException("while loading the TorchScript operations", e);
        }
    }

    private static byte[] archive() throws IOException {
        String code;
        try (InputStream in = Kernels.class.getResourceAsStream("kernels.py.txt")) {
            code = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ScriptArchive.write(bytes, "kernels", "K", code, TensorMap.empty());
        return bytes.toByteArray();
    }
}
