package federa.checkpoint;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * JSON that came with weights from elsewhere. How deep it nests is checked before a parser sees it, since a parser keeps
 * something for every level: some megabytes of brackets would otherwise take gigabytes of memory.
 */
public final class JsonFile {
    /** What tells of weights nests three or four levels deep. */
    private static final int DEEPEST = 64;

    /** An index of a hundred thousand tensors has some ten megabytes. */
    private static final long LONGEST = 64L << 20;

    private JsonFile() {}

    /**
     * The object that a file holds.
     *
     * @throws CheckpointException if there is no such file, it is too long or too deep, or is no JSON object in UTF-8
     */
    public static JsonObject read(Path file) {
        byte[] json = bytes(file);
        try {
            JsonElement element = JsonParser.parseString(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString());
            if (element.isJsonObject()) {
                return element.getAsJsonObject();
            }
            throw new CheckpointException(file, "is not a JSON object; fetch it again");
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file, "is not text in UTF-8; fetch it again", e);
        } catch (JsonParseException e) {
            throw new CheckpointException(
                    file,
                    "is not a JSON object (" + CheckpointException.quote(String.valueOf(e.getMessage()))
                            + "); fetch it again",
                    e);
        }
    }

    /** The bytes of a file whose nesting is safe to parse. */
    static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > LONGEST) {
                throw new CheckpointException(
                        file, "has " + Files.size(file) + " bytes, more than a description of a model has; fetch it again");
            }
            byte[] json = Files.readAllBytes(file);
            requireShallow(file, json);
            return json;
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file, "no such file; check the path", e);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read (" + e + "); check its permissions", e);
        }
    }

    /** Refuses JSON that nests deeper than a description of weights does. */
    static void requireShallow(Path file, byte[] json) {
        int depth = 0;
        boolean inString = false;
        for (int i = 0; i < json.length; i++) {
            byte c = json[i];
            if (inString) {
                if (c == '\\') {
                    i++; // the next one is escaped
                } else if (c == '"') {
                    inString = false;
                }
            } else if (c == '"') {
                inString = true;
            } else if (c == '[' || c == '{') {
                depth++;
                if (depth > DEEPEST) {
                    throw new CheckpointException(
                            file, "damaged: its JSON nests more than " + DEEPEST + " levels deep; fetch it again");
                }
            } else if (c == ']' || c == '}') {
                depth--;
            }
        }
    }
}
