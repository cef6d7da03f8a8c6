package federa.engine;

import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive as {@code torch.jit.save} writes it, without Python: a stored zip of the module's source, an empty
 * tuple of constants, the pickled module object, and the bytes of its tensors.
 */
public final class ScriptArchive {

    /** The format's version, the oldest that has tensors in files of their own. */
    private static final String VERSION = "3\n";

    private final ZipOutputStream zip;
    private final String name;

    private ScriptArchive(ZipOutputStream zip, String name) {
        this.zip = zip;
        this.name = name;
    }

    /**
     * Writes an archive; the stream stays open.
     *
     * @param name of the archive's top folder
     * @param type the name of the module's class in the source
     * @param source of the module, in the language that PyTorch writes, which is a part of Python
     * @param tensors float32, each an attribute of the module; the only other one is {@code training}
     */
    public static void write(OutputStream out, String name, String type, String source, TensorMap tensors)
            throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        ScriptArchive archive = new ScriptArchive(zip, name);
        archive.store("version", VERSION.getBytes(StandardCharsets.US_ASCII));
        archive.store("constants.pkl", new Pickle().emptyTuple().end());
        archive.store("data.pkl", module(type, tensors));
        archive.store("code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
        int number = 0;
        for (Tensor tensor : tensors.asMap().values()) {
            archive.store("data/" + number, tensor.toBytes());
            number++;
        }
        zip.finish();
    }

    private static byte[] module(String type, TensorMap tensors) {
        Pickle pickle = new Pickle().object("__torch__", type);
        pickle.text("training").yes().put();
        int number = 0;
        for (Map.Entry<String, Tensor> tensor : tensors.asMap().entrySet()) {
            pickle.text(tensor.getKey()).tensor(number, tensor.getValue()).put();
            number++;
        }
        return pickle.build().end();
    }

    /** PyTorch reads entries in place, so they must not be compressed. */
    private void store(String entryName, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name + "/" + entryName);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** The few operations of pickle's protocol 2 that a module object needs. */
    private static final class Pickle {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Pickle() {
            bytes.write(0x80);
            bytes.write(2);
        }

        private Pickle op(String operations) {
            bytes.writeBytes(operations.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        private Pickle global(String module, String type) {
            return op("c" + module + "\n" + type + "\n");
        }

        private Pickle number(int value) {
            op("J");
            return int32(value);
        }

        private Pickle int32(int value) {
            bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array());
            return this;
        }

        Pickle emptyTuple() {
            return op(")");
        }

        Pickle text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            op("X").int32(utf8.length);
            bytes.writeBytes(utf8);
            return this;
        }

        Pickle yes() {
            return op("\u0088");
        }

        /** Begins an object of this class, and the dictionary of its attributes. */
        Pickle object(String module, String type) {
            return global(module, type).emptyTuple().op("\u0081}");
        }

        /** Puts the value under the name before it. */
        Pickle put() {
            return op("s");
        }

        /** Gives the object its attributes. */
        Pickle build() {
            return op("b");
        }

        /** {@code _rebuild_tensor_v2(storage, offset, sizes, strides, requires_grad, hooks)}, on the CPU. */
        Pickle tensor(int storage, Tensor tensor) {
            global("torch._utils", "_rebuild_tensor_v2")
                    .op("((")
                    .text("storage")
                    .global("torch", "FloatStorage");
            text(Integer.toString(storage)).text("cpu").number(tensor.values().length);
            op("tQ").number(0).op("(");
            for (long size : tensor.shape()) {
                number(Math.toIntExact(size));
            }
            op("t(");
            for (int axis = 0; axis < tensor.shape().length; axis++) {
                number(stride(tensor.shape(), axis));
            }
            return op("t\u0089").global("collections", "OrderedDict").op(")RtR");
        }

        private static int stride(long[] shape, int axis) {
            long stride = 1;
            for (int inner = axis + 1; inner < shape.length; inner++) {
                stride *= shape[inner];
            }
            return Math.toIntExact(stride);
        }

        byte[] end() {
            return op(".").bytes.toByteArray();
        }
    }
}
