package federa.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * PyTorch operations that DJL's API lacks, from a TorchScript module that is written here at run time, without Python.
 *
 * <p>The archive is what {@code torch.jit.save} writes: a stored zip of the module's source (the resource {@code
 * kernels.py.txt}), an empty constants tuple and a pickled module object without state.
 */
public final class Kernels implements AutoCloseable {

    /** The pickle of the empty tuple: no constants. */
    private static final byte[] NO_CONSTANTS = HexFormat.of().parseHex("8002292e");

    /** The pickle of an object of class __torch__.K whose state is {"training": True}. */
    private static final byte[] MODULE = concat(
            HexFormat.of().parseHex("8002"),
            "c__torch__\nK\nq".getBytes(StandardCharsets.US_ASCII),
            HexFormat.of().parseHex("0029817d5808000000"),
            "training".getBytes(StandardCharsets.US_ASCII),
            HexFormat.of().parseHex("71018873622e"));

    private final PtSymbolBlock module;
    private final PtNDManager manager;

    /** Loads the operations; results live in the given manager's sub-manager until closed. */
    public Kernels(NDManager parent) {
        manager = (PtNDManager) parent.newSubManager();
        try {
            module = JniUtils.loadModule(manager, new ByteArrayInputStream(archive()), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException("while loading the TorchScript operations", e);
        }
    }

    /**
     * The thin singular value decomposition W = U diag(S) V^T of a matrix (m, n), k = min(m, n).
     *
     * @return U (m, k), S (k) descending, V^T (k, n), in the type of the matrix, owned by its manager
     */
    public Svd svd(NDArray matrix) {
        PtNDManager owner = (PtNDManager) matrix.getManager();
        try (IValue input = IValue.from((PtNDArray) matrix);
                IValue output = IValueUtils.runMethod(module, "svd", input)) {
            IValue[] parts = output.toIValueTuple();
            Svd svd = new Svd(parts[0].toTensor(owner), parts[1].toTensor(owner), parts[2].toTensor(owner));
            for (IValue part : parts) {
                part.close();
            }
            return svd;
        }
    }

    /** Singular vectors and values of {@link #svd(NDArray)}. */
    public record Svd(NDArray u, NDArray s, NDArray vt) {}

    @Override
    public void close() {
        module.close();
        manager.close();
    }

    private static byte[] archive() throws IOException {
        byte[] code;
        try (InputStream in = Kernels.class.getResourceAsStream("kernels.py.txt")) {
            code = in.readAllBytes();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "kernels/version", "3\n".getBytes(StandardCharsets.US_ASCII));
            store(zip, "kernels/constants.pkl", NO_CONSTANTS);
            store(zip, "kernels/data.pkl", MODULE);
            store(zip, "kernels/code/__torch__.py", code);
        }
        return bytes.toByteArray();
    }

    /** PyTorch reads entries in place, so they must not be compressed. */
    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
