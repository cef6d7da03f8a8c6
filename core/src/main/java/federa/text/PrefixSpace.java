package federa.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * Whether a space is put before a text. Byte-level parts say it as {@code add_prefix_space}; Metaspace says it as {@code
 * prepend_scheme}, older files in both ways, which must agree.
 */
final class PrefixSpace {

    private PrefixSpace() {}

    /** True if a pre-tokenizer, or one of a sequence, puts a space before a text. */
    static boolean isAdded(JsonElement preTokenizer) {
        if (preTokenizer == null || preTokenizer.isJsonNull()) {
            return false;
        }
        JsonObject part = preTokenizer.getAsJsonObject();
        JsonElement members = part.get("pretokenizers");
        if (members != null) {
            return members.getAsJsonArray().asList().stream().anyMatch(PrefixSpace::isAdded);
        }
        JsonElement flag = part.get("add_prefix_space");
        return isMetaspace(part)
                ? !part.has("prepend_scheme")
                        || !part.get("prepend_scheme").getAsString().equals("never")
                : flag != null && flag.getAsBoolean();
    }

    /** Says it to whatever can be told; the decoder is left alone, it plays no part in encoding. */
    static void set(JsonObject root, boolean flag) {
        for (String part : List.of("pre_tokenizer", "post_processor")) {
            JsonElement element = root.get(part);
            if (element == null || !element.isJsonObject()) {
                continue;
            }
            setPart(element.getAsJsonObject(), flag);
            JsonElement sequence = element.getAsJsonObject().get("pretokenizers");
            if (sequence != null && sequence.isJsonArray()) {
                sequence.getAsJsonArray().forEach(member -> setPart(member.getAsJsonObject(), flag));
            }
        }
    }

    /** Without a space, Metaspace still marks the first word of a text, as DeBERTa's tokenizer has it in transformers 5. */
    private static void setPart(JsonObject part, boolean flag) {
        if (isMetaspace(part)) {
            if (isAdded(part) != flag) {
                part.remove("add_prefix_space");
                part.addProperty("prepend_scheme", flag ? "always" : "first");
            }
        } else if (part.has("add_prefix_space")) {
            part.addProperty("add_prefix_space", flag);
        }
    }

    private static boolean isMetaspace(JsonObject part) {
        return part.get("type").getAsString().equals("Metaspace");
    }
}
