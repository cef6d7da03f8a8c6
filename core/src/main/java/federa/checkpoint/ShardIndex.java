package federa.checkpoint;

import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which file of weights that were split over several has which tensor: the {@code weight_map} of an index file. */
public final class ShardIndex {

    /** What the name of an index has after that of the file that it stands for. */
    public static final String SUFFIX = ".index.json";

    /** A file beside the index, and nothing that leads out of the directory or hides. */
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,254}");

    /** Of a hundred thousand tensors it has some ten megabytes. */
    private static final int LONGEST = 64 << 20;

    private final Path file;
    private final SortedMap<String, String> files;

    private ShardIndex(Path file, SortedMap<String, String> files) {
        this.file = file;
        this.files = files;
    }

    /**
     * Reads an index.
     *
     * @throws CheckpointException if it is none, names a tensor twice, or names a file elsewhere
     */
    public static ShardIndex read(Path file) {
        NavigableMap<String, String> files = new TreeMap<>();
        try (JsonReader reader = new JsonReader(new InputStreamReader(
                new ByteArrayInputStream(JsonFile.bytes(file, LONGEST)), StandardCharsets.UTF_8.newDecoder()))) {
            reader.beginObject();
            while (reader.hasNext()) {
                if (reader.nextName().equals("weight_map")) {
                    readMap(file, reader, files);
                } else {
                    JsonFile.value(reader);
                }
            }
            reader.endObject();
            reader.peek(); // complains of whatever follows
        } catch (IOException | IllegalStateException | JsonParseException e) {
            throw new CheckpointException(
                    file, "is no index of weights: " + CheckpointException.reason(e) + "; fetch it again", e);
        }
        if (files.isEmpty()) {
            throw new CheckpointException(file, "has no weight_map that tells where tensors are; fetch it again");
        }
        return new ShardIndex(file, files);
    }

    private static void readMap(Path index, JsonReader reader, NavigableMap<String, String> files) throws IOException {
        reader.beginObject();
        while (reader.hasNext()) {
            String tensor = reader.nextName();
            String name = reader.nextString();
            if (!FILE.matcher(name).matches()) {
                throw new CheckpointException(
                        index,
                        "refused: it looks for tensor %s in %s, which is no file beside it"
                                .formatted(CheckpointException.quote(tensor), CheckpointException.quote(name)));
            }
            if (files.put(tensor, name) != null) {
                throw new CheckpointException(index, "names tensor " + CheckpointException.quote(tensor) + " twice");
            }
        }
        reader.endObject();
    }

    /** The index file itself. */
    public Path file() {
        return file;
    }

    /** The names of the files that hold the weights, without a directory. */
    public SortedSet<String> shards() {
        return new TreeSet<>(files.values());
    }

    /** The tensors that the index names. */
    Collection<String> tensors() {
        return Collections.unmodifiableCollection(files.keySet());
    }

    /** The name of the file that has a tensor, null if the index does not name it. */
    String shard(String tensor) {
        return files.get(tensor);
    }
}
