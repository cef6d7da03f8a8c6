package federa.checkpoint;

import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The safetensors format: 8 bytes of header length, a JSON header, then the tensors without gaps.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class Safetensors implements Checkpoint {
    /** The limit of the reference implementation. */
    private static final int LONGEST_HEADER = 100_000_000;

    /** PyTorch's own limit. */
    private static final int MOST_AXES = 64;

    private static final String METADATA = "__metadata__";

    /** Where a tensor lies; offsets count from the end of the header. The type may be one that cannot be read. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Entry(String name, String dtype, long[] shape, long begin, long end) {}

    private final FileBytes bytes;
    private final long dataStart;
    private final NavigableMap<String, Entry> entries;
    private final Map<String, String> metadata;

    private Safetensors(
            FileBytes bytes, long dataStart, NavigableMap<String, Entry> entries, Map<String, String> metadata) {
        this.bytes = bytes;
        this.dataStart = dataStart;
        this.entries = entries;
        this.metadata = metadata;
    }

    @Override
    public Path file() {
        return bytes.file();
    }

    @Override
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(entries.navigableKeySet());
    }

    @Override
    public Tensor tensor(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw SimilarNames.missing(file(), name, entries.keySet());
        }
        ElementType type = ElementType.ofSafetensors(entry.dtype)
                .orElseThrow(() -> new CheckpointException(
                        file(),
                        String.format(
                                "tensor %s has element type %s, which is not supported; save the model as F32, F16 or"
                                        + " BF16",
                                CheckpointException.quote(name), CheckpointException.quote(entry.dtype))));
        ByteBuffer data = bytes.slice(
                dataStart + entry.begin, entry.end - entry.begin, "tensor " + CheckpointException.quote(name));
        return new Tensor(name, type, entry.shape.clone(), data);
    }

    /** The free-form strings of the header; empty if it has none. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    @Override
    public void close() {
        bytes.close();
    }

    /** Writes the tensors with no metadata of their own; see {@link #write(Path, Collection, Map)}. */
    public static void write(Path file, Collection<Tensor> tensors) {
        write(file, tensors, Map.of());
    }

    /**
     * Writes the tensors so that the file appears whole or not at all: into a temporary file beside it, which then
     * takes its name. The same tensors give the same bytes, whatever their order. {@code "format":"pt"} is added to the
     * metadata, as Hugging Face libraries ask for.
     */
    public static void write(Path file, Collection<Tensor> tensors, Map<String, String> metadata) {
        // Wide elements first, so that every tensor is aligned for its type.
        List<Tensor> layout = new ArrayList<>(tensors);
        layout.sort(Comparator.comparingInt((Tensor tensor) -> -tensor.type().bytes())
                .thenComparing(Tensor::name));
        ByteBuffer header = header(file, layout, metadata);
        Path directory = file.toAbsolutePath().getParent();
        Path temporary = directory.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                writeFully(channel, header);
                for (Tensor tensor : layout) {
                    writeFully(channel, tensor.bytes());
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            deleteAfter(e, temporary);
            throw new CheckpointException(file, "cannot be written (" + e + "); check the directory and its space", e);
        }
    }

    static Safetensors read(FileBytes bytes) {
        long length = bytes.slice(0, Long.BYTES, "the header length").getLong();
        if (length > LONGEST_HEADER) {
            throw new CheckpointException(
                    bytes.file(), "damaged: its header claims " + length + " bytes; fetch it again");
        }
        ByteBuffer header = bytes.slice(Long.BYTES, length, "the header");
        NavigableMap<String, Entry> entries = new TreeMap<>();
        Map<String, String> metadata = new HashMap<>();
        byte[] json = new byte[header.remaining()];
        header.get(json);
        try (JsonReader reader = new JsonReader(new InputStreamReader(
                new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder()))) { // malformed input throws
            reader.beginObject();
            while (reader.hasNext()) {
                String name = reader.nextName();
                if (name.equals(METADATA)) {
                    readMetadata(reader, metadata);
                } else if (entries.put(name, readEntry(bytes.file(), name, reader)) != null) {
                    throw new CheckpointException(
                            bytes.file(), "names tensor " + CheckpointException.quote(name) + " twice");
                }
            }
            reader.endObject();
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new IllegalStateException("something follows the header's closing brace");
            }
        } catch (IOException | IllegalStateException | NumberFormatException | JsonParseException e) {
            String reason = CheckpointException.quote(String.valueOf(e.getMessage()));
            throw new CheckpointException(
                    bytes.file(), "damaged: its header is not what safetensors asks for: " + reason, e);
        }
        long dataStart = Long.BYTES + length;
        requireWithoutGaps(bytes, dataStart, entries.values());
        return new Safetensors(bytes, dataStart, entries, metadata);
    }

    private static void readMetadata(JsonReader reader, Map<String, String> metadata) throws IOException {
        if (reader.peek() == JsonToken.NULL) { // what some writers put there if they have nothing to say
            reader.nextNull();
            return;
        }
        reader.beginObject();
        while (reader.hasNext()) {
            metadata.put(reader.nextName(), reader.nextString());
        }
        reader.endObject();
    }

    private static Entry readEntry(Path file, String name, JsonReader reader) throws IOException {
        String dtype = null;
        long[] shape = null;
        long[] offsets = null;
        reader.beginObject();
        while (reader.hasNext()) {
            switch (reader.nextName()) {
                case "dtype" -> dtype = reader.nextString();
                case "shape" -> shape = readLongs(reader);
                case "data_offsets" -> offsets = readLongs(reader);
                default -> JsonFile.value(reader); // of no use, but not deeper than a parser bears
            }
        }
        reader.endObject();
        if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
            throw new CheckpointException(
                    file,
                    "damaged: tensor " + CheckpointException.quote(name) + " lacks dtype, shape or two data_offsets");
        }
        return entry(file, name, dtype, shape, offsets[0], offsets[1]);
    }

    /** Checks the places and, where the type is one of ours, the size. A tensor of another type may be there unread. */
    private static Entry entry(Path file, String name, String dtype, long[] shape, long begin, long end) {
        long elements = Shapes.elements(shape);
        boolean fits = begin >= 0
                && end >= begin
                && elements >= 0
                && ElementType.ofSafetensors(dtype)
                        .map(type -> elements <= (end - begin) / type.bytes() && elements * type.bytes() == end - begin)
                        .orElse(true);
        if (!fits) {
            throw new CheckpointException(
                    file,
                    String.format(
                            "damaged: tensor %s of shape %s and type %s does not fit its data_offsets [%d, %d]",
                            CheckpointException.quote(name),
                            shorten(shape),
                            CheckpointException.quote(dtype),
                            begin,
                            end));
        }
        return new Entry(name, dtype, shape, begin, end);
    }

    private static long[] readLongs(JsonReader reader) throws IOException {
        List<Long> values = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNext()) {
            if (values.size() == MOST_AXES) {
                throw new IllegalStateException("a tensor has more than " + MOST_AXES + " axes");
            }
            values.add(reader.nextLong());
        }
        reader.endArray();
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    /** As the format demands: the tensors tile everything after the header. */
    private static void requireWithoutGaps(FileBytes bytes, long dataStart, Collection<Entry> entries) {
        List<Entry> inOrder = new ArrayList<>(entries);
        inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long end = 0;
        for (Entry entry : inOrder) {
            if (entry.begin != end) {
                throw new CheckpointException(
                        bytes.file(),
                        String.format(
                                "damaged: tensor %s starts at data byte %d where %d was expected; it overlaps another"
                                        + " or leaves a gap",
                                CheckpointException.quote(entry.name), entry.begin, end));
            }
            bytes.requireInside(
                    dataStart, entry.end, "tensor " + CheckpointException.quote(entry.name) + " and those before");
            end = entry.end;
        }
        if (dataStart + end != bytes.size()) {
            throw new CheckpointException(
                    bytes.file(),
                    String.format(
                            "damaged: %d bytes follow the last tensor; fetch it again",
                            bytes.size() - dataStart - end));
        }
    }

    private static ByteBuffer header(Path file, List<Tensor> layout, Map<String, String> metadata) {
        Map<String, String> strings = new TreeMap<>(metadata);
        strings.put("format", "pt");
        NavigableMap<String, Entry> entries = new TreeMap<>();
        long offset = 0;
        for (Tensor tensor : layout) {
            long end = offset + tensor.bytes().remaining();
            Entry entry = new Entry(tensor.name(), tensor.type().name(), tensor.shape(), offset, end);
            if (tensor.name().equals(METADATA) || entries.put(tensor.name(), entry) != null) {
                throw new CheckpointException(
                        file, "cannot hold tensor " + CheckpointException.quote(tensor.name()) + ": the name is taken");
            }
            offset = end;
        }
        byte[] json = headerJson(strings, entries.values()).getBytes(StandardCharsets.UTF_8);
        int length = (json.length + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
        byte[] padded = Arrays.copyOf(json, length);
        Arrays.fill(padded, json.length, length, (byte) ' ');
        return ByteBuffer.allocate(Long.BYTES + length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(padded)
                .flip();
    }

    private static String headerJson(Map<String, String> metadata, Collection<Entry> entries) {
        StringWriter json = new StringWriter();
        try (JsonWriter writer = new JsonWriter(json)) {
            writer.beginObject().name(METADATA).beginObject();
            for (Map.Entry<String, String> string : metadata.entrySet()) {
                writer.name(string.getKey()).value(string.getValue());
            }
            writer.endObject();
            for (Entry entry : entries) {
                writer.name(entry.name).beginObject().name("dtype").value(entry.dtype);
                writer.name("shape").beginArray();
                for (long dimension : entry.shape) {
                    writer.value(dimension);
                }
                writer.endArray().name("data_offsets").beginArray();
                writer.value(entry.begin).value(entry.end).endArray().endObject();
            }
            writer.endObject();
        } catch (IOException e) {
            throw new IllegalStateException("a StringWriter does not fail", e);
        }
        return json.toString();
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void deleteAfter(IOException first, Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            first.addSuppressed(e);
        }
    }

    private static String shorten(long[] shape) {
        return shape.length <= 8 ? Arrays.toString(shape) : "with " + shape.length + " dimensions";
    }
}
