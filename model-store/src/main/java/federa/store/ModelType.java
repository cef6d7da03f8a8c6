package federa.store;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What a base model is, by its {@code config.json} alone: asked before there is a warehouse, or a session. */
public final class ModelType {

    private ModelType() {}

    /**
     * The {@code model_type} of the model that an import from a directory would find, or that a warehouse has already.
     *
     * @param warehouse directory of the warehouse, which need not be there
     * @param name of the model in the warehouse, which comes first
     * @param source Hugging Face directory
     * @return nothing if neither has a readable {@code config.json}: whoever reads the model says what is wrong
     */
    public static Optional<String> of(String warehouse, String name, String source, Configuration hadoop) {
        return in(warehouse + "/" + Warehouse.MODELS + "/" + name, hadoop).or(() -> in(source, hadoop));
    }

    /** The {@code model_type} of a Hugging Face directory, nothing if it has no readable {@code config.json}. */
    public static Optional<String> in(String directory, Configuration hadoop) {
        try {
            Path file = new Path(directory, "config.json");
            FileSystem files = file.getFileSystem(hadoop);
            if (!files.exists(file)) {
                return Optional.empty();
            }
            try (InputStream in = files.open(file)) {
                JsonElement json = JsonParser.parseString(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                return json instanceof JsonObject config && config.get("model_type") instanceof JsonPrimitive type
                        ? Optional.of(type.getAsString())
                        : Optional.empty();
            }
        } catch (IOException | IllegalArgumentException | JsonParseException e) {
            return Optional.empty();
        }
    }
}
