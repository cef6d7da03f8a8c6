package federa.checkpoint;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What {@code torch.save(model.state_dict(), file)} wrote: a pickled table of tensors, and the storages they are views
 * of. Tied tensors share one storage.
 *
 * <p>Zip form: entries {@code ROOT/data.pkl} and {@code ROOT/data/KEY}. Legacy form, one after the other: the pickles of
 * a magic number, the protocol version, facts about the machine, the table, and the list of storage keys; then for each
 * key a 64-bit count of elements and the elements.
 *
 * @see <a href="https://github.com/pytorch/pytorch/blob/v2.7.1/torch/serialization.py">torch/serialization.py</a>
 */
final class TorchFile implements Checkpoint {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long PROTOCOL = 1001;

    private final FileBytes bytes;
    private final NavigableMap<String, TorchTensor> tensors;
    private final Map<String, ZipDirectory.Range> storages;

    private TorchFile(
            FileBytes bytes, NavigableMap<String, TorchTensor> tensors, Map<String, ZipDirectory.Range> storages) {
        this.bytes = bytes;
        this.tensors = tensors;
        this.storages = storages;
        tensors.forEach(this::requireStorage);
    }

    @Override
    public Path file() {
        return bytes.file();
    }

    @Override
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(tensors.navigableKeySet());
    }

    @Override
    public Tensor tensor(String name) {
        TorchTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw SimilarNames.missing(file(), name, tensors.keySet());
        }
        ZipDirectory.Range range = storages.get(tensor.storage().key());
        ByteBuffer storage =
                bytes.slice(range.offset(), range.length(), "the storage of " + CheckpointException.quote(name));
        return tensor.read(name, storage);
    }

    @Override
    public void close() {
        bytes.close();
    }

    static TorchFile readZip(FileBytes bytes) {
        Map<String, ZipDirectory.Range> entries = ZipDirectory.read(bytes);
        String table = entries.keySet().stream()
                .filter(name -> name.endsWith("/data.pkl") && name.indexOf('/') == name.lastIndexOf('/'))
                .sorted()
                .findFirst()
                .orElseThrow(() -> new CheckpointException(
                        bytes.file(), "is a zip archive without data.pkl: torch.save did not write it"));
        String root = table.substring(0, table.length() - "data.pkl".length());
        requireLittleEndian(bytes, entries.get(root + "byteorder"));
        ZipDirectory.Range range = entries.get(table);
        Object stateDict = Unpickler.load(bytes, range.offset(), range.offset() + range.length())
                .value();
        Map<String, ZipDirectory.Range> storages = new HashMap<>();
        entries.forEach((name, data) -> {
            if (name.startsWith(root + "data/")) {
                storages.put(name.substring(root.length() + "data/".length()), data);
            }
        });
        return new TorchFile(bytes, tensors(bytes, stateDict), storages);
    }

    static TorchFile readLegacy(FileBytes bytes) {
        long end = bytes.size();
        Unpickler.Loaded magic = Unpickler.load(bytes, 0, end);
        require(bytes, MAGIC.equals(magic.value()), "is a pickle that torch.save did not write");
        Unpickler.Loaded protocol = Unpickler.load(bytes, magic.end(), end);
        require(bytes, Long.valueOf(PROTOCOL).equals(protocol.value()), "has an unknown version of PyTorch's format");
        Unpickler.Loaded machine = Unpickler.load(bytes, protocol.end(), end);
        require(
                bytes,
                machine.value() instanceof Map<?, ?> facts && Boolean.TRUE.equals(facts.get("little_endian")),
                "was written on a big-endian machine");
        Unpickler.Loaded table = Unpickler.load(bytes, machine.end(), end);
        NavigableMap<String, TorchTensor> tensors = tensors(bytes, table.value());
        Unpickler.Loaded keys = Unpickler.load(bytes, table.end(), end);
        require(bytes, keys.value() instanceof List<?>, "is damaged: it has no list of storages");
        Map<String, ZipDirectory.Range> storages =
                storages(bytes, table.storages(), (List<?>) keys.value(), keys.end());
        return new TorchFile(bytes, tensors, storages);
    }

    private static void requireLittleEndian(FileBytes bytes, ZipDirectory.Range byteOrder) {
        if (byteOrder != null) {
            ByteBuffer name = bytes.slice(byteOrder.offset(), Math.min(byteOrder.length(), 8), "the byte order");
            boolean little = StandardCharsets.US_ASCII.decode(name).toString().equals("little");
            require(bytes, little, "was written on a big-endian machine");
        }
    }

    private static NavigableMap<String, TorchTensor> tensors(FileBytes bytes, Object stateDict) {
        NavigableMap<String, TorchTensor> tensors = new TreeMap<>();
        if (stateDict instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                if (name instanceof String text && value instanceof TorchTensor tensor) {
                    tensors.put(text, tensor);
                }
            });
        }
        require(bytes, !tensors.isEmpty(), "holds no tensors by name; save model.state_dict()");
        return tensors;
    }

    /** The places of the storages of a legacy file; their widths are known from the table alone. */
    private static Map<String, ZipDirectory.Range> storages(
            FileBytes bytes, Map<String, TorchStorage> used, List<?> keys, long start) {
        Map<String, ZipDirectory.Range> storages = new HashMap<>();
        long offset = start;
        for (Object key : keys) {
            TorchStorage storage = key instanceof String text ? used.get(text) : null;
            require(bytes, storage != null, "is damaged: no tensor uses one of its storages");
            long elements =
                    bytes.slice(offset, Long.BYTES, "the size of a storage").getLong();
            require(bytes, elements == storage.elements(), "is damaged: a storage has two different sizes");
            offset += Long.BYTES;
            bytes.requireInside(offset, storage.bytes(), "a storage");
            storages.put(storage.key(), new ZipDirectory.Range(offset, storage.bytes()));
            offset += storage.bytes();
        }
        return storages;
    }

    private void requireStorage(String name, TorchTensor tensor) {
        TorchStorage storage = tensor.storage();
        ZipDirectory.Range range = storages.get(storage.key());
        require(
                bytes,
                range != null && range.length() == storage.bytes(),
                "is truncated or damaged: tensor " + CheckpointException.quote(name) + " has no storage of its size");
    }

    private static void require(FileBytes bytes, boolean holds, String problem) {
        if (!holds) {
            throw new CheckpointException(bytes.file(), problem);
        }
    }
}
