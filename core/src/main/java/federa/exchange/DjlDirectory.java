package federa.exchange;

import federa.engine.ScriptArchive;
import federa.text.Tokenizer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model for DJL's own translators: {@code model.pt} (TorchScript), {@code config.json}, {@code tokenizer.json} and
 * {@code serving.properties}, which DJL Serving and {@code Criteria} read. It is written without Python.
 */
public final class DjlDirectory {

    private static final String TRANSLATORS = "ai.djl.huggingface.translator.";

    private DjlDirectory() {}

    /** Writes the model into the directory. */
    public static void write(TrainedModel model, Path directory) throws IOException {
        ScriptSource source = ScriptSource.of(model);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(directory.resolve("model.pt")))) {
            ScriptArchive.write(out, "model", ScriptSource.TYPE, source.text(), source.tensors());
        }
        Files.writeString(directory.resolve("config.json"), HuggingFaceDirectory.config(model));
        Files.writeString(directory.resolve("tokenizer.json"), Tokenizer.json(model.directory()));
        Files.writeString(directory.resolve("serving.properties"), serving(model));
    }

    private static String serving(TrainedModel model) {
        return """
                engine=PyTorch
                option.modelName=model
                option.mapLocation=true
                translatorFactory=%sTranslatorFactory
                maxLength=%d
                modelMaxLength=%d
                truncation=%s
                padding=true
                """
                .formatted(
                        TRANSLATORS
                                + switch (model.head()) {
                                    case SEQUENCE -> "TextClassification";
                                    case TOKENS -> "TokenClassification";
                                    case SPAN -> "QuestionAnswering";
                                    case VOCABULARY -> "FillMask";
                                },
                        model.maxTokens(),
                        model.base().config().maxTokens(),
                        model.head() == federa.encoder.HeadKind.SPAN ? "only_second" : "true");
    }
}
