package federa.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Map;

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

    private PostProcessor() {}

    /** {@code <s> A </s></s> B </s>}, without token types. */
    static JsonObject roberta(String cls, String sep, Map<String, Integer> ids) {
        return of(ROBERTA, cls, sep, ids);
    }

    /** {@code [CLS] A [SEP] B [SEP]}, of token type 1 from B on; DeBERTa's too. */
    static JsonObject bert(String cls, String sep, Map<String, Integer> ids) {
        return of(BERT, cls, sep, ids);
    }

    private static JsonObject of(String form, String cls, String sep, Map<String, Integer> ids) {
        return JsonParser.parseString(form.formatted(quoted(cls), quoted(sep), ids.get(cls), ids.get(sep)))
                .getAsJsonObject();
    }

    private static String quoted(String token) {
        JsonArray one = new JsonArray();
        one.add(token);
        String array = one.toString();
        return array.substring(1, array.length() - 1);
    }

    /** False if this adds no token to a text, as GPT-2's does not, or is not there at all. */
    static boolean addsTokens(JsonElement postProcessor) {
        if (postProcessor == null || postProcessor.isJsonNull()) {
            return false;
        }
        JsonObject object = postProcessor.getAsJsonObject();
        return switch (object.get("type").getAsString()) {
            case "RobertaProcessing", "BertProcessing" -> true;
            case "TemplateProcessing" -> object.getAsJsonArray("single").asList().stream()
                    .anyMatch(piece -> piece.getAsJsonObject().has("SpecialToken"));
            case "Sequence" -> object.getAsJsonArray("processors").asList().stream()
                    .anyMatch(PostProcessor::addsTokens);
            default -> false;
        };
    }

    /** The token types of models that end a text with {@code </s>} are all 0, and their pairs have two of it in between. */
    static JsonObject usual(String cls, String sep, Map<String, Integer> ids) {
        return sep.equals("</s>") ? roberta(cls, sep, ids) : bert(cls, sep, ids);
    }
}
