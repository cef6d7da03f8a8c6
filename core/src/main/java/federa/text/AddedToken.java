package federa.text;

import com.google.gson.JsonObject;

/** Entries of {@code added_tokens} in a {@code tokenizer.json}: what is found in a text before anything else. */
final class AddedToken {

    private AddedToken() {}

    /** A token with a meaning of its own, such as {@code </s>}. */
    static JsonObject special(int id, String token) {
        JsonObject added = of(id, token);
        added.addProperty("special", true);
        return added;
    }

    static JsonObject of(int id, String token) {
        JsonObject added = new JsonObject();
        added.addProperty("id", id);
        added.addProperty("content", token);
        added.addProperty("single_word", false);
        added.addProperty("lstrip", false);
        added.addProperty("rstrip", false);
        added.addProperty("normalized", false);
        added.addProperty("special", false);
        return added;
    }
}
