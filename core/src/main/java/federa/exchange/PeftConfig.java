package federa.exchange;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import federa.encoder.HeadKind;
import federa.peft.Scaling;
import federa.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an {@code adapter_config.json} says of a LoRA.
 *
 * @param base what it calls its base model, a name or a path
 * @param head that it was trained with
 * @param targets as written; a regular expression is a list of one
 * @param saved modules that are stored whole
 */
record PeftConfig(
        String base, HeadKind head, int rank, double alpha, Scaling scaling, List<String> targets, List<String> saved) {

    static final String FILE = "adapter_config.json";

    private static final Gson JSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private static final Map<HeadKind, String> TASKS = Map.of(
            HeadKind.SEQUENCE, "SEQ_CLS",
            HeadKind.TOKENS, "TOKEN_CLS",
            HeadKind.SPAN, "QUESTION_ANS");

    /** Whatever these keys switch on would make another model of the same tensors. */
    private static final List<String> MUST_BE_OFF = List.of(
            "use_dora",
            "use_qalora",
            "lora_bias",
            "fan_in_fan_out",
            "rank_pattern",
            "alpha_pattern",
            "layer_replication",
            "target_parameters",
            "trainable_token_indices",
            "alora_invocation_tokens",
            "arrow_config");

    /** Starts that leave the base model as it is; the others make PEFT change it anew when it loads the file. */
    private static final Set<String> PLAIN_STARTS = Set.of("true", "false", "gaussian");

    /**
     * The name that PEFT has for the head.
     *
     * @throws InvalidInputException if it has none
     */
    static String task(HeadKind head) {
        String task = TASKS.get(head);
        if (task == null) {
            throw new InvalidInputException(
                    "PEFT has no task for a masked-language-model head; only a hugging-face directory can hold one");
        }
        return task;
    }

    String toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("base_model_name_or_path", base);
        json.addProperty("bias", "none");
        json.addProperty("fan_in_fan_out", false);
        json.addProperty("inference_mode", true);
        json.addProperty("init_lora_weights", true);
        if (alpha == Math.rint(alpha)) {
            json.addProperty("lora_alpha", (long) alpha);
        } else {
            json.addProperty("lora_alpha", alpha);
        }
        json.addProperty("lora_dropout", 0.0);
        json.add("modules_to_save", array(saved));
        json.addProperty("peft_type", "LORA");
        json.addProperty("r", rank);
        json.add("target_modules", array(targets));
        json.addProperty("task_type", task(head));
        if (scaling == Scaling.RANK_STABILIZED) { // a key that old versions of PEFT do not know
            json.addProperty("use_rslora", true);
        }
        return JSON.toJson(json) + "\n";
    }

    private static JsonArray array(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }

    static PeftConfig read(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            return of(JsonParser.parseString(Files.readString(file)).getAsJsonObject());
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(
                    "%s has no %s; give a directory that PEFT's save_pretrained wrote".formatted(directory, FILE), e);
        } catch (IOException e) {
            throw new InvalidInputException("%s cannot be read as UTF-8 text (%s)".formatted(file, e), e);
        } catch (JsonParseException
                | IllegalStateException
                | NumberFormatException
                | UnsupportedOperationException e) { // Gson's ways to say that an element is of another kind
            throw new InvalidInputException(
                    "%s is no configuration of an adapter (%s); save it again with PEFT"
                            .formatted(file, e.getMessage()),
                    e);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static PeftConfig of(JsonObject json) {
        String type = text(json, "peft_type");
        if (!type.equals("LORA")) {
            throw new InvalidInputException("peft_type is '%s', only LORA can be imported".formatted(type));
        }
        for (String key : MUST_BE_OFF) {
            if (isSet(json.get(key))) {
                throw new InvalidInputException(
                        "%s is %s, which is not supported; merge the adapter with PEFT and use import-model"
                                .formatted(key, json.get(key)));
            }
        }
        if (json.has("bias") && !text(json, "bias").equals("none")) {
            throw new InvalidInputException(
                    "bias is %s, only \"none\" is supported; merge the adapter with PEFT and use import-model"
                            .formatted(json.get("bias")));
        }
        requirePlainStart(json.get("init_lora_weights"));
        String task = text(json, "task_type");
        HeadKind head = TASKS.entrySet().stream()
                .filter(entry -> entry.getValue().equals(task))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        "task_type is '%s', only SEQ_CLS, TOKEN_CLS and QUESTION_ANS are supported".formatted(task)));
        return new PeftConfig(
                text(json, "base_model_name_or_path"),
                head,
                required(json, "r").getAsInt(),
                required(json, "lora_alpha").getAsDouble(),
                isSet(json.get("use_rslora")) ? Scaling.RANK_STABILIZED : Scaling.STANDARD,
                texts(json.get("target_modules")),
                texts(json.get("modules_to_save")));
    }

    private static void requirePlainStart(JsonElement start) {
        if (start != null && !start.isJsonNull() && !PLAIN_STARTS.contains(start.getAsString())) {
            throw new InvalidInputException(
                    ("init_lora_weights is '%s': such tensors belong to a base model that PEFT changes when it loads them; save"
                                    + " them as a plain LoRA (path_initial_model_for_weight_conversion of save_pretrained)")
                            .formatted(start.getAsString()));
        }
    }

    /** False for what PEFT writes for a feature that is not used: nothing, false, an empty list or mapping. */
    private static boolean isSet(JsonElement value) {
        return value != null
                && !value.isJsonNull()
                && !value.toString().equals("false")
                && !value.toString().equals("{}")
                && !value.toString().equals("[]");
    }

    private static String text(JsonObject json, String key) {
        return required(json, key).getAsString();
    }

    private static JsonElement required(JsonObject json, String key) {
        JsonElement value = json.get(key);
        if (value == null || value.isJsonNull()) {
            throw new InvalidInputException("the key '%s' is missing".formatted(key));
        }
        return value;
    }

    private static List<String> texts(JsonElement value) {
        if (value == null || value.isJsonNull()) {
            return List.of();
        }
        return value.isJsonArray()
                ? value.getAsJsonArray().asList().stream()
                        .map(JsonElement::getAsString)
                        .toList()
                : List.of(value.getAsString());
    }
}
