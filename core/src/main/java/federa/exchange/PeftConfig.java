package federa.exchange;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import federa.checkpoint.JsonFile;
import federa.encoder.HeadKind;
import federa.peft.Scaling;
import federa.spi.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an {@code adapter_config.json} says of a LoRA.
 *
 * @param base what it calls its base model, a name or a path; null if it says nothing of it
 * @param head that it was trained with; null if it does not say
 * @param targets as written; a regular expression is a list of one
 * @param adapted which layers PEFT loads an adapter for
 * @param saved modules that are stored whole
 */
record PeftConfig(
        String base,
        HeadKind head,
        int rank,
        double alpha,
        Scaling scaling,
        List<String> targets,
        PeftLayers adapted,
        List<String> saved) {

    static final String FILE = "adapter_config.json";

    private static final Logger LOG = LoggerFactory.getLogger(PeftConfig.class);

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
            "arrow_config",
            "use_bdlora",
            "kasa_config",
            "monteclora_config",
            "velora_config");

    /** Keys that say how the adapter was made or trained, or that are read here; others may come with newer versions of PEFT. */
    private static final Set<String> HARMLESS = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "bias",
            "corda_config",
            "ensure_weight_tying",
            "eva_config",
            "exclude_modules",
            "inference_mode",
            "init_lora_weights",
            "layers_pattern",
            "layers_to_transform",
            "loftq_config",
            "lora_alpha",
            "lora_dropout",
            "lora_ga_config",
            "megatron_config",
            "megatron_core",
            "modules_to_save",
            "peft_type",
            "peft_version",
            "qalora_group_size",
            "r",
            "revision",
            "runtime_config",
            "target_modules",
            "task_type",
            "use_rslora");

    /** Starts that leave the base model as it is; the others make PEFT change it anew when it loads the file. */
    private static final Set<String> PLAIN_STARTS = Set.of("true", "false", "gaussian", "eva", "orthogonal");

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
        if (!Files.exists(file)) {
            throw new InvalidInputException(
                    "%s has no %s; give a directory that PEFT's save_pretrained wrote".formatted(directory, FILE));
        }
        JsonObject json = JsonFile.read(file);
        try {
            return of(json);
        } catch (IllegalStateException
                | NumberFormatException
                | PatternSyntaxException
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
        List<String> unknown = json.keySet().stream()
                .filter(key -> isSet(json.get(key)) && !HARMLESS.contains(key))
                .toList();
        if (!unknown.isEmpty()) {
            LOG.warn("{} has keys that this version does not know and ignores, as PEFT does: {}", FILE, unknown);
        }
        return new PeftConfig(
                isNull(json.get("base_model_name_or_path")) ? null : text(json, "base_model_name_or_path"),
                isNull(json.get("task_type")) ? null : head(text(json, "task_type")),
                rank(json),
                required(json, "lora_alpha").getAsDouble(),
                isSet(json.get("use_rslora")) ? Scaling.RANK_STABILIZED : Scaling.STANDARD,
                texts(json.get("target_modules")),
                PeftLayers.of(json),
                texts(json.get("modules_to_save")));
    }

    private static int rank(JsonObject json) {
        try {
            return required(json, "r").getAsBigDecimal().intValueExact();
        } catch (ArithmeticException e) {
            throw new InvalidInputException("r is %s, which is no rank".formatted(json.get("r")), e);
        }
    }

    private static HeadKind head(String task) {
        return TASKS.entrySet().stream()
                .filter(entry -> entry.getValue().equals(task))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        "task_type is '%s', only SEQ_CLS, TOKEN_CLS and QUESTION_ANS are supported".formatted(task)));
    }

    private static void requirePlainStart(JsonElement start) {
        if (!isNull(start) && !PLAIN_STARTS.contains(start.getAsString())) {
            throw new InvalidInputException(
                    ("init_lora_weights is '%s': such tensors belong to a base model that PEFT changes when it loads them; save"
                                    + " them as a plain LoRA (path_initial_model_for_weight_conversion of save_pretrained)")
                            .formatted(start.getAsString()));
        }
    }

    /** False for what PEFT writes for a feature that is not used: nothing, false, an empty list or mapping. */
    static boolean isSet(JsonElement value) {
        return !isNull(value)
                && !value.toString().equals("false")
                && !value.toString().equals("{}")
                && !value.toString().equals("[]");
    }

    private static boolean isNull(JsonElement value) {
        return value == null || value.isJsonNull();
    }

    private static String text(JsonObject json, String key) {
        return required(json, key).getAsString();
    }

    private static JsonElement required(JsonObject json, String key) {
        JsonElement value = json.get(key);
        if (isNull(value)) {
            throw new InvalidInputException("the key '%s' is missing".formatted(key));
        }
        return value;
    }

    /** The texts of a list, or the one that is not in a list. */
    static List<String> texts(JsonElement value) {
        if (isNull(value)) {
            return List.of();
        }
        return value.isJsonArray()
                ? value.getAsJsonArray().asList().stream()
                        .map(JsonElement::getAsString)
                        .toList()
                : List.of(value.getAsString());
    }
}
