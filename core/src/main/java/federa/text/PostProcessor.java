package federa.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What puts the special tokens around texts: the {@code post_processor} of a {@code tokenizer.json}. */
final class PostProcessor {

    private static final String ROBERTA =
            """
            {"type": "RobertaProcessing", "sep": [%2$s, %4$d], "cls": [%1$s, %3$d],
             "trim_offsets": true, "add_prefix_space": false}
            """;

    private static final String BERT =
            """
            {
              "type": "TemplateProcessing",
              "single": [
                {"SpecialToken": {"id": %1$s, "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": %2$s, "type_id": 0}}
              ],
              "pair": [
                {"SpecialToken": {"id": %1$s, "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": %2$s, "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 1}},
                {"SpecialToken": {"id": %2$s, "type_id": 1}}
              ],
              "special_tokens": {
                %1$s: {"id": %1$s, "ids": [%3$d], "tokens": [%1$s]},
                %2$s: {"id": %2$s, "ids": [%4$d], "tokens": [%2$s]}
              }
            }
            """;

    private final boolean beginsText;
    private final Set<String> tokens;

    private PostProcessor(boolean beginsText, Set<String> tokens) {
        this.beginsText = beginsText;
        this.tokens = tokens;
    }

    /** {@code <s> A </s></s> B </s>}, without token types. */
    static JsonObject roberta(String cls, String sep, Map<String, Integer> ids) {
        return filled(ROBERTA, cls, sep, ids);
    }

    /** {@code [CLS] A [SEP] B [SEP]}, of token type 1 from B on; DeBERTa's too. */
    static JsonObject bert(String cls, String sep, Map<String, Integer> ids) {
        return filled(BERT, cls, sep, ids);
    }

    private static JsonObject filled(String form, String cls, String sep, Map<String, Integer> ids) {
        return JsonParser.parseString(form.formatted(quoted(cls), quoted(sep), ids.get(cls), ids.get(sep)))
                .getAsJsonObject();
    }

    private static String quoted(String token) {
        JsonArray one = new JsonArray();
        one.add(token);
        String array = one.toString();
        return array.substring(1, array.length() - 1);
    }

    /** What a {@code tokenizer.json} has; null if it has none. */
    static PostProcessor of(JsonElement postProcessor) {
        if (postProcessor == null || postProcessor.isJsonNull()) {
            return new PostProcessor(false, Set.of());
        }
        JsonObject object = postProcessor.getAsJsonObject();
        return switch (object.get("type").getAsString()) {
            case "RobertaProcessing", "BertProcessing" -> new PostProcessor(
                    true, Set.of(first(object.get("cls")), first(object.get("sep"))));
            case "TemplateProcessing" -> template(object.getAsJsonArray("single"));
            case "Sequence" -> sequence(object.getAsJsonArray("processors"));
            default -> new PostProcessor(false, Set.of()); // GPT-2's adds none
        };
    }

    private static String first(JsonElement tokenAndId) {
        return tokenAndId.getAsJsonArray().get(0).getAsString();
    }

    private static PostProcessor template(JsonArray pieces) {
        Set<String> tokens = new HashSet<>();
        for (JsonElement piece : pieces) {
            JsonElement token = piece.getAsJsonObject().get("SpecialToken");
            if (token != null) {
                tokens.add(token.getAsJsonObject().get("id").getAsString());
            }
        }
        return new PostProcessor(
                !pieces.isEmpty() && pieces.get(0).getAsJsonObject().has("SpecialToken"), tokens);
    }

    private static PostProcessor sequence(JsonArray members) {
        boolean beginsText = false;
        Set<String> tokens = new HashSet<>();
        for (JsonElement member : members) {
            PostProcessor one = of(member);
            beginsText |= one.beginsText;
            tokens.addAll(one.tokens);
        }
        return new PostProcessor(beginsText, tokens);
    }

    /** Whether a token comes before a text: all heads read the first one. */
    boolean beginsText() {
        return beginsText;
    }

    /** Whether all of these tokens are put around a text. */
    boolean putsThere(Set<String> wanted) {
        return tokens.containsAll(wanted);
    }

    /** The token types of models that end a text with {@code </s>} are all 0, and their pairs have two of it in between. */
    static JsonObject usual(String cls, String sep, Map<String, Integer> ids) {
        return sep.equals("</s>") ? roberta(cls, sep, ids) : bert(cls, sep, ids);
    }
}
