package federa.text;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import federa.spi.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a tokenizer's files of JSON, which may be anybody's: strictly, and only so large and so deep as such files are. */
final class JsonFile {

    private static final long MAX_BYTES = 64L << 20; // the largest published ones of these architectures have 17 MB
    private static final int MAX_DEPTH = 32; // published ones have 8 levels

    private static final TypeAdapter<JsonElement> ELEMENTS = new Gson().getAdapter(JsonElement.class);

    private JsonFile() {}

    /**
     * The object that a file holds.
     *
     * @throws InvalidInputException naming the file, if it is missing, too large, nested too deeply or no JSON object
     */
    static JsonObject read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidInputException(
                        "%s: has more than %d MB, that is no tokenizer's file".formatted(file, MAX_BYTES >> 20));
            }
            String text = Files.readString(file);
            requireShallow(file, text);
            return parse(text);
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(file + ": no such file; check the path", e);
        } catch (EOFException | JsonParseException | IllegalStateException e) {
            throw damaged(file, e);
        } catch (IOException e) { // the parser's too
            throw e.getClass().getName().startsWith("com.google.gson")
                    ? damaged(file, e)
                    : new InvalidInputException(file + ": cannot be read as UTF-8 text (" + e + ")", e);
        }
    }

    private static JsonObject parse(String text) throws IOException {
        JsonReader reader = new JsonReader(new StringReader(text));
        JsonObject object = ELEMENTS.read(reader).getAsJsonObject();
        if (reader.peek() != JsonToken.END_DOCUMENT) {
            throw new JsonParseException("there is more after the object");
        }
        return object;
    }

    private static void requireShallow(Path file, String text) {
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '\\' -> i++;
                case '"' -> quoted = !quoted;
                case '[', '{' -> depth += quoted ? 0 : 1;
                case ']', '}' -> depth -= quoted ? 0 : 1;
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                throw new InvalidInputException(
                        "%s: is nested more than %d deep, that is no tokenizer's file".formatted(file, MAX_DEPTH));
            }
        }
    }

    private static InvalidInputException damaged(Path file, Exception e) {
        return new InvalidInputException(file + ": truncated or damaged, it is no JSON object; fetch it again", e);
    }
}
