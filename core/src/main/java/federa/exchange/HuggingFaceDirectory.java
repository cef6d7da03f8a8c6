package federa.exchange;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import federa.checkpoint.Safetensors;
import federa.checkpoint.Tensor;
import federa.encoder.HeadClasses;
import federa.encoder.HeadKind;
import federa.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A model without adapters as the transformers library keeps it: {@code config.json}, {@code model.safetensors} and the
 * files of the base model's tokenizer and licence.
 */
public final class HuggingFaceDirectory {

    private static final Gson JSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    /** What goes along unchanged. */
    private static final Pattern COPIED = Pattern.compile("tokenizer.*\\.json|(NOTICE|LICENSE).*");

    private HuggingFaceDirectory() {}

    /** Writes the model into the directory. */
    public static void write(TrainedModel model, Path directory) throws IOException {
        List<Tensor> tensors = new ArrayList<>();
        model.merged()
                .asMap()
                .forEach((name, tensor) -> tensors.add(Tensor.ofFloats(name, tensor.values(), tensor.shape())));
        Safetensors.write(directory.resolve("model.safetensors"), tensors);
        Files.writeString(directory.resolve("config.json"), config(model));
        try (var files = Files.list(model.directory())) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (COPIED.matcher(name).matches() || Tokenizer.FILES.contains(name)) {
                    Files.copy(file, directory.resolve(file.getFileName()));
                }
            }
        }
    }

    /** The base model's {@code config.json} with the head's class and labels. */
    static String config(TrainedModel model) throws IOException {
        JsonObject config = JsonParser.parseString(
                        Files.readString(model.directory().resolve("config.json")))
                .getAsJsonObject();
        JsonArray architectures = new JsonArray();
        architectures.add(architecture(model));
        config.add("architectures", architectures);
        config.addProperty("torch_dtype", "float32");
        config.remove("legacy"); // of DeBERTa-v2: what it says of the names of the masked-LM head is no longer so
        config.remove("num_labels");
        config.remove("problem_type");
        config.remove("id2label");
        config.remove("label2id");
        if (!model.labels().isEmpty()) {
            JsonObject ids = new JsonObject();
            for (int id = 0; id < model.labels().size(); id++) {
                ids.addProperty(model.labels().get(id), id);
            }
            config.add("id2label", new HeadClasses(model.labels()).toId2Label());
            config.add("label2id", ids);
        }
        if (model.head() == HeadKind.SEQUENCE) {
            config.addProperty("problem_type", "single_label_classification");
        }
        return JSON.toJson(config) + "\n";
    }

    /** The class that transformers loads, such as RobertaForSequenceClassification. */
    private static String architecture(TrainedModel model) {
        return model.base().config().family().className()
                + switch (model.head()) {
                    case SEQUENCE -> "ForSequenceClassification";
                    case TOKENS -> "ForTokenClassification";
                    case SPAN -> "ForQuestionAnswering";
                    case VOCABULARY -> "ForMaskedLM";
                };
    }
}
