package federa.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes pickles operation by operation, and the files that torch.save would put them in. */
final class PickleWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleWriter() {
        op(0x80, 2);
    }

    PickleWriter op(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    PickleWriter ops(String operations) {
        out.writeBytes(operations.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    PickleWriter global(String module, String name) {
        return ops("c" + module + "\n" + name + "\n");
    }

    PickleWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ops("X").int32(utf8.length).bytes(utf8);
    }

    PickleWriter number(int value) {
        return ops("J").int32(value);
    }

    PickleWriter numbers(int... values) {
        ops("(");
        for (int value : values) {
            number(value);
        }
        return ops("t");
    }

    /** Pushes the tensor; the storage is ROOT/data/KEY. */
    PickleWriter tensor(String storageClass, String key, int storageElements, int offset, int[] shape, int[] strides) {
        global("torch._utils", "_rebuild_tensor_v2").ops("((").text("storage").global("torch", storageClass);
        text(key).text("cpu").number(storageElements).ops("tQ").number(offset);
        numbers(shape).numbers(strides).op(0x89);
        return global("collections", "OrderedDict").ops(")RtR");
    }

    /** Starts the dictionary that {@link #end} ends; between them come names and tensors. */
    PickleWriter stateDict() {
        return global("collections", "OrderedDict").ops(")R(");
    }

    byte[] end() {
        return ops("u.").toBytes();
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private PickleWriter int32(int value) {
        return bytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private PickleWriter bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** The zip form of torch.save around a table of tensors. */
    static Path zip(Path file, byte[] pickle, Map<String, byte[]> storages) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("archive/data.pkl", pickle);
        storages.forEach((key, bytes) -> entries.put("archive/data/" + key, bytes));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> content : entries.entrySet()) {
                CRC32 crc = new CRC32();
                crc.update(content.getValue());
                ZipEntry entry = new ZipEntry(content.getKey());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(content.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
