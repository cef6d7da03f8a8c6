package federa.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.engine.Torch;
import federa.text.Tokenizer;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The models that come with the repository. */
class EmbeddedModelsTest {

    @ParameterizedTest
    @CsvSource({"roberta-mini, roberta, 5290240", "deberta-v3-mini, deberta-v2, 5273600"})
    void anEmbeddedModelLoadsWithATokenizerThatFits(String name, String modelType, long parameters) {
        Path directory = Path.of("../model-store/models").resolve(name);
        try (NDManager manager = Torch.newManager(Device.cpu());
                BaseModel model = BaseModel.load(manager, directory);
                Tokenizer tokenizer = Tokenizer.load(directory)) {
            assertThat(model.config().modelType()).isEqualTo(modelType);
            assertThat(model.config().maxTokens()).isEqualTo(128);
            assertThat(model.parameters()).isEqualTo(parameters);
            tokenizer.requireFits(model.config().vocabulary());
            assertThat(tokenizer.padId()).isEqualTo(model.config().padId());
            assertThat(tokenizer.encode("Hello world!", 128)).containsExactly(0, 43, 500, 82, 1018, 4, 2);
        }
    }
}
