package federa.exchange;

import federa.engine.ScriptArchive;
import federa.spi.InvalidInputException;
import federa.text.Tokenizer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A model for DJL's own translators: {@code model.pt} (TorchScript), {@code config.json}, {@code tokenizer.json} and
 * {@code serving.properties}, which DJL Serving and {@code Criteria} read. It is written without Python.
 */
public final class DjlDirectory {

    private DjlDirectory() {}

    /**
     * How DJL serves a head.
     *
     * @param translator the first part of its factory's name
     * @param truncation what a text that is too long loses
     */
    private record Service(String translator, String truncation) {

        static Service of(TrainedModel model) {
            return switch (model.head()) {
                case SEQUENCE -> new Service("TextClassification", "true");
                case TOKENS -> new Service("TokenClassification", "true");
                case SPAN -> new Service("QuestionAnswering", "only_second");
                case VOCABULARY -> throw new InvalidInputException(
                        "a masked-language-model head is for further training, not for DJL; use --format hugging-face");
            };
        }
    }

    /**
     * Writes the model into the directory.
     *
     * @throws InvalidInputException if DJL has no translator for its head, or the method cannot be merged
     */
    public static void write(TrainedModel model, Path directory) throws IOException {
        Service service = Service.of(model);
        ScriptSource source = ScriptSource.of(model);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(directory.resolve("model.pt")))) {
            ScriptArchive.write(out, "model", ScriptSource.TYPE, source.text(), source.tensors());
        }
        Files.writeString(directory.resolve("config.json"), HuggingFaceDirectory.config(model));
        Files.writeString(directory.resolve("tokenizer.json"), Tokenizer.json(model.directory()));
        Files.writeString(
                directory.resolve("serving.properties"), properties(model, service, source.readsTokenTypes()));
    }

    private static String properties(TrainedModel model, Service service, boolean tokenTypes) {
        return String.format(
                Locale.ROOT,
                """
                engine=PyTorch
                option.modelName=model
                option.mapLocation=true
                translatorFactory=ai.djl.huggingface.translator.%sTranslatorFactory
                maxLength=%d
                modelMaxLength=%d
                truncation=%s
                padding=true
                includeTokenTypes=%s
                """,
                service.translator(),
                model.maxTokens(),
                model.base().config().maxTokens(),
                service.truncation(),
                tokenTypes);
    }
}
