package federa.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.Tiny;
import federa.checkpoint.Checkpoint;
import federa.checkpoint.Safetensors;
import federa.checkpoint.Tensor;
import federa.engine.Torch;
import federa.tensor.TensorMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseModelTest {

    private static final EncoderConfig CONFIG = Tiny.config(0.1);

    @TempDir
    private Path directory;

    @AutoClose
    private final NDManager manager = Torch.newManager(Device.cpu());

    private TensorMap weights;

    @BeforeEach
    void draw() throws IOException {
        weights = BaseModel.random(manager, CONFIG, 1).toTensors();
        Files.writeString(
                directory.resolve("config.json"),
                """
                {"model_type": "roberta", "vocab_size": 50, "hidden_size": 16, "num_hidden_layers": 2,
                 "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 40,
                 "type_vocab_size": 1, "layer_norm_eps": 1e-5,
                 "pooler_dropout": 0.1, "initializer_range": 0.2}""");
    }

    @Test
    void whatWasWrittenIsRead() {
        write(weights);
        try (BaseModel model = BaseModel.load(manager, directory)) {
            assertThat(model.toTensors().sha256()).isEqualTo(weights.sha256());
            assertThat(model.config()).isEqualTo(CONFIG);
            assertThat(model.parameters()).isEqualTo(weights.parameters());
        }
    }

    @Test
    void aBareEncoderHasNoPrefixInItsNames() {
        write(weights, name -> name.substring("roberta.".length()));
        try (BaseModel model = BaseModel.load(manager, directory)) {
            weights.requireSameShapes(model.toTensors(), "the bare encoder");
            assertThat(model.toTensors().sha256()).isEqualTo(weights.sha256());
        }
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            BaseModel.requireComplete(checkpoint, CONFIG);
        }
    }

    @Test
    void aMissingTensorIsNamed() {
        String missing = "roberta.encoder.layer.1.output.dense.bias";
        write(weights.where(name -> !name.equals(missing)));
        assertThatThrownBy(() -> BaseModel.load(manager, directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(directory.resolve("model.safetensors") + ": has no tensor '" + missing + "'");
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThatThrownBy(() -> BaseModel.requireComplete(checkpoint, CONFIG))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(missing);
        }
    }

    @Test
    void namesOfTheOldestCheckpointsAreRead() {
        write(weights, name -> name.replace("LayerNorm.weight", "LayerNorm.gamma")
                .replace("LayerNorm.bias", "LayerNorm.beta"));
        try (BaseModel model = BaseModel.load(manager, directory)) {
            assertThat(model.toTensors().sha256()).isEqualTo(weights.sha256());
        }
    }

    /** It would be left out of what the model computes. */
    @Test
    void aTensorThatTheEncoderDoesNotUseIsNamed() {
        String unknown = "roberta.encoder.layer.0.attention.self.distance_embedding.weight";
        federa.tensor.Tensor table = new federa.tensor.Tensor(new long[] {79, 8}, new float[79 * 8]);
        write(weights.with(new TensorMap(java.util.Map.of(unknown, table))));
        assertThatThrownBy(() -> BaseModel.load(manager, directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no place for the tensor " + unknown);
        write(weights, name -> name.substring("roberta.".length()));
        BaseModel.load(manager, directory).close();
        write(
                weights.with(new TensorMap(java.util.Map.of("roberta.adaptors", table))),
                name -> name.substring("roberta.".length()));
        assertThatThrownBy(() -> BaseModel.load(manager, directory))
                .hasMessageContaining("no place for the tensor adaptors");
    }

    /** From the file's header: a list of so many layers would not fit into memory. */
    @ParameterizedTest
    @ValueSource(ints = {3, Integer.MAX_VALUE})
    void aNumberOfLayersThatTheFileDoesNotHaveIsRefusedBeforeAnythingIsMade(int layers) throws IOException {
        write(weights);
        Path config = directory.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config).replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": " + layers));
        assertThatThrownBy(() -> BaseModel.load(manager, directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("num_hidden_layers %d, but the weights have 2".formatted(layers));
    }

    @Test
    void aMaskedLanguageModelThatScoresWithAMatrixOfItsOwnIsRefused() {
        federa.tensor.Tensor words = weights.get("roberta.embeddings.word_embeddings.weight");
        write(weights.with(new TensorMap(java.util.Map.of("lm_head.decoder.weight", words))));
        try (BaseModel model = BaseModel.load(manager, directory)) {
            assertThat(model.initialHead(HeadKind.VOCABULARY, 0, 1).asMap()).hasSize(5);
        }
        float[] others = words.values().clone();
        others[7] += 1;
        write(weights.with(new TensorMap(
                java.util.Map.of("lm_head.decoder.weight", new federa.tensor.Tensor(words.shape(), others)))));
        try (BaseModel model = BaseModel.load(manager, directory)) {
            assertThatThrownBy(() -> model.initialHead(HeadKind.VOCABULARY, 0, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lm_head.decoder.weight is not the word embeddings");
            assertThat(model.initialHead(HeadKind.SEQUENCE, 2, 1).asMap()).hasSize(4);
        }
    }

    @Test
    void aWrongShapeIsNamedWithTheOneThatIsWanted() {
        String name = "roberta.encoder.layer.0.intermediate.dense.weight";
        write(weights.with(
                new TensorMap(java.util.Map.of(name, new federa.tensor.Tensor(new long[] {16, 32}, new float[512])))));
        String message =
                ("%s: the tensor %s has shape [16, 32], config.json asks for [32, 16]; use the config.json that came with"
                                + " the weights")
                        .formatted(directory.resolve("model.safetensors"), name);
        assertThatThrownBy(() -> BaseModel.load(manager, directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThatThrownBy(() -> BaseModel.requireComplete(checkpoint, CONFIG))
                    .hasMessage(message);
        }
    }

    @Test
    void aModelThatFailsToLoadLeavesNothingBehind() {
        write(weights.where(name -> !name.endsWith("layer.1.output.LayerNorm.bias")));
        int before = manager.getManagedArrays().size();
        assertThatThrownBy(() -> BaseModel.load(manager, directory)).isInstanceOf(IllegalArgumentException.class);
        assertThat(manager.getManagedArrays().size()).isEqualTo(before);
    }

    @Test
    void tensorsOfOtherPartsAreLeftOut() {
        write(weights.with(new TensorMap(java.util.Map.of(
                "lm_head.bias", new federa.tensor.Tensor(new long[] {50}, new float[50]),
                "roberta.pooler.dense.bias", new federa.tensor.Tensor(new long[] {16}, new float[16])))));
        try (BaseModel model = BaseModel.load(manager, directory)) {
            assertThat(model.names()).isEqualTo(weights.asMap().keySet());
        }
    }

    @Test
    void aStoredHeadIsTakenOverWhereItFits() {
        TensorMap head = BaseModel.random(manager, CONFIG, 9).initialHead(HeadKind.SEQUENCE, 3, 9);
        write(weights.with(head));
        try (BaseModel model = BaseModel.load(manager, directory)) {
            assertThat(model.initialHead(HeadKind.SEQUENCE, 3, 1).sha256()).isEqualTo(head.sha256());
            TensorMap other = model.initialHead(HeadKind.SEQUENCE, 4, 1);
            assertThat(other.get("classifier.dense.weight").values())
                    .containsExactly(head.get("classifier.dense.weight").values());
            assertThat(other.get("classifier.out_proj.weight").shape()).containsExactly(4, 16);
            assertThat(other.get("classifier.out_proj.bias").values()).containsOnly(0);
        }
    }

    @Test
    void theRowsOfAStoredHeadGoWhereTheirLabelsAreOrAreDrawnAnew() {
        TensorMap head = BaseModel.random(manager, CONFIG, 9).initialHead(HeadKind.SEQUENCE, 3, 9);
        head.get("classifier.out_proj.bias").values()[2] = 5;
        write(weights.with(head));
        try (BaseModel model = BaseModel.load(manager, directory)) {
            HeadClasses classes = new HeadClasses(List.of("x", "y", "Z"));
            TensorMap moved =
                    model.initialHead(HeadKind.SEQUENCE, List.of("z", "y", "x"), classes, HeadLabels.BY_NAME, 1);
            TensorMap drawn =
                    model.initialHead(HeadKind.SEQUENCE, List.of("a", "b", "c"), classes, HeadLabels.BY_NAME, 1);
            TensorMap asked =
                    model.initialHead(HeadKind.SEQUENCE, List.of("a", "b", "c"), classes, HeadLabels.BY_POSITION, 1);

            assertThat(moved.get("classifier.out_proj.bias").values()).containsExactly(5, 0, 0);
            float[] before = head.get("classifier.out_proj.weight").values();
            float[] after = moved.get("classifier.out_proj.weight").values();
            for (int i = 0; i < 16; i++) {
                assertThat(new float[] {after[i], after[16 + i], after[32 + i]})
                        .containsExactly(before[32 + i], before[16 + i], before[i]);
            }
            assertThat(asked.sha256()).isEqualTo(head.sha256());
            assertThat(drawn.get("classifier.out_proj.bias").values()).containsOnly(0);
            assertThat(drawn.get("classifier.out_proj.weight").values()).doesNotContain(before);
            for (TensorMap any : List.of(moved, drawn)) {
                assertThat(any.get("classifier.dense.weight").values())
                        .containsExactly(head.get("classifier.dense.weight").values());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"roberta.encoder.layer.1.output.dense.bias, NaN", "classifier.dense.bias, Infinity"})
    void aWeightThatIsNoFiniteNumberIsNamed(String name, float value) {
        TensorMap all = weights.with(BaseModel.random(manager, CONFIG, 9).initialHead(HeadKind.SEQUENCE, 3, 9));
        all.get(name).values()[3] = value;
        write(all);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThatThrownBy(() -> BaseModel.requireFinite(checkpoint, CONFIG))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tensor '%s' holds %s at place 3".formatted(name, value));
        }
    }

    @Test
    void freshWeightsAreAFunctionOfTheSeed() {
        assertThat(BaseModel.random(manager, CONFIG, 1).toTensors().sha256()).isEqualTo(weights.sha256());
        assertThat(BaseModel.random(manager, CONFIG, 2).toTensors().sha256()).isNotEqualTo(weights.sha256());
        BaseModel model = BaseModel.random(manager, CONFIG, 1);
        assertThat(model.initialHead(HeadKind.SEQUENCE, 3, 1).sha256())
                .isEqualTo(model.initialHead(HeadKind.SEQUENCE, 3, 1).sha256());
        assertThat(model.initialHead(HeadKind.SEQUENCE, 3, 1).sha256())
                .isNotEqualTo(model.initialHead(HeadKind.SEQUENCE, 3, 2).sha256());
    }

    @Test
    void freshWeightsAreNormalWithTheRangeOfTheConfiguration() {
        float[] words = weights.get("roberta.embeddings.word_embeddings.weight").values();
        double squares = 0;
        double sum = 0;
        for (float value : words) {
            sum += value;
            squares += (double) value * value;
        }
        assertThat(Math.sqrt(squares / words.length)).isBetween(0.18, 0.22);
        assertThat(sum / words.length).isBetween(-0.03, 0.03);
        assertThat(weights.get("roberta.embeddings.LayerNorm.weight").values()).containsOnly(1);
        assertThat(weights.get("roberta.encoder.layer.0.output.dense.bias").values())
                .containsOnly(0);
    }

    @Test
    void robertaBaseHasThePublishedNumberOfParameters() {
        long parameters = EncoderFamilies.of("roberta").encoderShapes(EncoderConfig.robertaBase()).values().stream()
                .mapToLong(shape -> Arrays.stream(shape).reduce(1, Math::multiplyExact))
                .sum();
        assertThat(parameters).isEqualTo(124_055_040); // Hugging Face's RobertaModel(add_pooling_layer=False)
    }

    @Test
    void debertaV3BaseIsAsPublished() {
        assertThat(EncoderConfig.debertaV3Base())
                .isEqualTo(EncoderConfig.read(Path.of("../model-store/models/configs/deberta-v3-base")));
    }

    private void write(TensorMap tensors) {
        write(tensors, name -> name);
    }

    private void write(TensorMap tensors, UnaryOperator<String> rename) {
        List<Tensor> stored = new ArrayList<>();
        tensors.asMap()
                .forEach((name, tensor) ->
                        stored.add(Tensor.ofFloats(rename.apply(name), tensor.values(), tensor.shape())));
        Safetensors.write(directory.resolve("model.safetensors"), stored);
    }
}
