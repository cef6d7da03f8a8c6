package federa.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * JSON that came with weights from elsewhere. Its length and how deep it nests are bounded, since a parser keeps something
 * for every level and value: some megabytes of brackets would otherwise take gigabytes of memory.
 */
public final class JsonFile {
    /** What tells of weights nests three or four levels deep. */
    private static final int DEEPEST = 64;

    /** Some ten thousand classes with their names have one megabyte. */
    private static final int LONGEST = 8 << 20;

    private JsonFile() {}

    /**
     * The object that a file holds, as Python's parser reads it, which takes NaN for a number.
     *
     * @throws CheckpointException if there is no such file, it is too long or too deep, or is no JSON object in UTF-8
     */
    public static JsonObject read(Path file) {
        return object(
                file,
                new InputStreamReader(
                        new ByteArrayInputStream(bytes(file, LONGEST)),
                        StandardCharsets.UTF_8.newDecoder())); // malformed input throws
    }

    /**
     * The object that a text in a file is.
     *
     * @throws CheckpointException as {@link #read} does
     */
    public static JsonObject parse(Path file, String text) {
        return object(file, new StringReader(text));
    }

    private static JsonObject object(Path file, Reader text) {
        try (JsonReader reader = new JsonReader(text)) {
            reader.setLenient(true);
            if (!(value(reader) instanceof JsonObject object)) {
                throw new CheckpointException(file, "is not a JSON object; fetch it again");
            }
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new CheckpointException(file, "goes on after its JSON object; fetch it again");
            }
            return object;
        } catch (IOException | IllegalStateException | JsonParseException e) {
            throw new CheckpointException(
                    file, "is not a JSON object in UTF-8 (" + CheckpointException.reason(e) + "); fetch it again", e);
        }
    }

    /**
     * The next value of a reader.
     *
     * @throws IllegalStateException if it nests too deep
     */
    static JsonElement value(JsonReader reader) throws IOException {
        return value(reader, 0);
    }

    private static JsonElement value(JsonReader reader, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IllegalStateException("it nests more than " + DEEPEST + " levels deep");
        }
        return switch (reader.peek()) {
            case BEGIN_ARRAY -> {
                JsonArray array = new JsonArray();
                reader.beginArray();
                while (reader.hasNext()) {
                    array.add(value(reader, depth + 1));
                }
                reader.endArray();
                yield array;
            }
            case BEGIN_OBJECT -> {
                JsonObject object = new JsonObject();
                reader.beginObject();
                while (reader.hasNext()) {
                    object.add(reader.nextName(), value(reader, depth + 1));
                }
                reader.endObject();
                yield object;
            }
            default -> JsonParser.parseReader(reader);
        };
    }

    /** The bytes of a file of bounded length. */
    static byte[] bytes(Path file, int longest) {
        try {
            long size = Files.size(file);
            if (size > longest) {
                throw new CheckpointException(
                        file, "has " + size + " bytes, more than any description of a model; fetch it again");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file, "no such file; check the path", e);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read (" + e + "); check its permissions", e);
        }
    }
}
