package federa.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import federa.Tiny;
import federa.checkpoint.Checkpoint;
import federa.checkpoint.Safetensors;
import federa.checkpoint.Tensor;
import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.engine.Torch;
import federa.fixture.TinyModel;
import federa.peft.Federa;
import federa.peft.FullFineTuning;
import federa.peft.Lora;
import federa.peft.Method;
import federa.peft.OrdinaryLora;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.tensor.TensorMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeftDirectoryTest {

    private static final List<String> LABELS = List.of("a", "b", "c");
    private static final String KEY = "base_model.model." + Tiny.QUERY + ".lora_A.weight";

    @TempDir
    private Path directory;

    @AutoClose
    private final NDManager manager = Torch.newManager(Device.cpu());

    private BaseModel base;

    @BeforeEach
    void open() {
        base = BaseModel.random(manager, Tiny.config(0), 1);
    }

    @ParameterizedTest
    @EnumSource(Scaling.class)
    void aLoraComesBackAsItWent(Scaling scaling) throws IOException {
        Lora method = new Lora(3, 5, scaling, new Targets(List.of("query", "output.dense")));
        TensorMap trained = write(method);

        PeftDirectory.Adapter read = read();

        assertThat(read.base()).isEqualTo("org/tiny");
        assertThat(read.layers()).isEqualTo(method.targets().of(base.config()).keySet());
        OrdinaryLora lora = read.lora();
        assertThat(lora.tensors().sha256()).isEqualTo(trained.sha256());
        assertThat(new Lora(lora.rank(), lora.alpha(), lora.scaling(), method.targets()))
                .isEqualTo(method);
    }

    @ParameterizedTest
    @EnumSource(Scaling.class)
    void anUntrainedFederaChangesNothing(Scaling scaling) throws IOException {
        Federa method = new Federa(3, 5, scaling, new Targets(List.of("all-linear")));
        write(method);

        OrdinaryLora lora = read().lora();

        assertThat(lora.rank()).isEqualTo(6);
        TensorMap merged = new Lora(lora.rank(), lora.alpha(), lora.scaling(), method.targets())
                .merged(base, lora.tensors(), TensorMap.empty());
        base.toTensors().asMap().forEach((name, tensor) -> assertThat(
                        Tiny.farthest(merged.get(name).values(), tensor.values()))
                .as(name)
                .isLessThan(1e-6));
    }

    @Test
    void layersThatPeftWouldAlsoFindInTheHeadAreNamedInFull() throws IOException {
        write(new Lora(3, 3, Scaling.STANDARD, new Targets(List.of("intermediate.dense"))));

        assertThat(read().targets())
                .containsExactly(
                        "roberta.encoder.layer.0.intermediate.dense", "roberta.encoder.layer.1.intermediate.dense");
    }

    @Test
    void whatIsNoLoraIsRefused() {
        assertThatThrownBy(() -> write(new FullFineTuning()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the run's method is full; use --format hugging-face or djl");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "peft_type | \"IA3\" | peft_type is 'IA3'",
                "use_dora | true | use_dora is true",
                "rank_pattern | {\"query\": 8} | rank_pattern is {\"query\":8}",
                "alpha_pattern | {\"query\": 8} | alpha_pattern is",
                "bias | \"all\" | bias is \"all\"",
                "init_lora_weights | \"pissa_niter_4\" | init_lora_weights is 'pissa_niter_4'",
                "task_type | \"CAUSAL_LM\" | task_type is 'CAUSAL_LM'",
                "task_type | \"TOKEN_CLS\" | task_type is TOKEN_CLS, but the experiment's task needs SEQ_CLS",
                "r | 4 | has shape [3, 16], but this model, rank and number of labels ask for [4, 16]",
                "kasa_config | {\"beta\": 1} | kasa_config is {\"beta\":1}",
                "r | null | the key 'r' is missing",
                "r | 2.5 | r is 2.5, which is no rank",
                "r | \"three\" | is no configuration of an adapter"
            })
    void aConfigurationThatMeansSomethingElseIsRefused(String key, String value, String message) throws IOException {
        writeLora();
        configure(key, value);

        assertThatThrownBy(this::read)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(directory.toString())
                .hasMessageContaining(message);
    }

    @Test
    void anUnknownKeyOfTheConfigurationIsIgnored() throws IOException {
        TensorMap trained = writeLora();
        Path file = directory.resolve("adapter_config.json");
        Files.writeString(
                file, Files.readString(file).replaceFirst("\\{", "{\"peft_version\": \"9\", \"use_dora\": false,"));

        assertThat(read().lora().tensors().sha256()).isEqualTo(trained.sha256());
    }

    @Test
    void aConfigurationMayLeaveOutItsBaseAndTask() throws IOException {
        TensorMap trained = writeLora();
        configure("base_model_name_or_path", "null");
        configure("task_type", "null");

        assertThat(read().base()).isNull();
        assertThat(read().head()).isEqualTo(HeadKind.SEQUENCE);
        assertThat(read().lora().tensors().sha256()).isEqualTo(trained.sha256());
    }

    @Test
    void theNamesOfTheClassesGoAlongInTheMetadataAndMayBeMissing() throws IOException {
        writeLora();
        assertThat(read().classes().names()).isEqualTo(LABELS);
        rewrite(tensors -> {});
        assertThat(read().classes().names()).isEmpty();
    }

    @Test
    void keysMayHaveTheNameOfTheAdapter() throws IOException {
        TensorMap trained = writeLora();
        rewrite(tensors -> tensors.replaceAll(tensor -> new Tensor(
                tensor.name()
                        .replaceFirst("(lora_[AB])", "$1.default")
                        .replace("model.classifier.", "model.classifier.modules_to_save.default."),
                tensor.type(),
                tensor.shape(),
                tensor.bytes())));

        assertThat(read().lora().tensors().sha256()).isEqualTo(trained.sha256());
        rewrite(tensors -> tensors.add(Tensor.ofFloats(KEY, new float[48], 3, 16)));
        assertThatThrownBy(this::read).hasMessageContaining("are two keys of one tensor");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY})
    void aTensorThatIsNotFiniteIsRefused(float value) throws IOException {
        writeLora();
        float[] values = new float[48];
        values[7] = value;
        rewrite(tensors ->
                tensors.replaceAll(tensor -> tensor.name().equals(KEY) ? Tensor.ofFloats(KEY, values, 3, 16) : tensor));

        assertThatThrownBy(this::read)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tensor '%s' holds %s at place 7".formatted(KEY, value));
    }

    @Test
    void aTensorThatHasNoPlaceIsRefused() throws IOException {
        writeLora();
        Tensor further = Tensor.ofFloats("base_model.model.roberta.pooler.dense.lora_A.weight", new float[48], 3, 16);
        rewrite(tensors -> tensors.add(further));

        assertThatThrownBy(this::read).hasMessageContaining("the key " + further.name() + " has no place");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "target_modules | ['query']",
                "target_modules | '.*value'",
                "exclude_modules | ['query']",
                "exclude_modules | '.*0.attention.self.value'",
                "layers_to_transform | [1]",
                "layers_to_transform | 1",
                "layers_pattern | ['block']"
            })
    void factorsThatPeftWouldPassOverAreRefused(String key, String value) throws IOException {
        writeLora();
        if (key.equals("layers_pattern")) {
            configure("layers_to_transform", "[0]");
        }
        configure(key, value);

        assertThatThrownBy(this::read).hasMessageContaining("leave this layer out, so PEFT would not use it");
    }

    @Test
    void layersThatTheConfigurationNamesInAnyOfPeftsWaysAreRead() throws IOException {
        TensorMap trained = writeLora();
        configure("target_modules", "'.*attention.self.(query|value)'");
        configure("exclude_modules", "['classifier', 'key']");
        configure("layers_to_transform", "[0, 1]");
        configure("layers_pattern", "'layer'");

        assertThat(read().lora().tensors().sha256()).isEqualTo(trained.sha256());
    }

    @Test
    void aNameWithoutPeftsPrefixIsRefused() throws IOException {
        writeLora();
        rewrite(tensors -> tensors.replaceAll(tensor -> new Tensor(
                tensor.name().replace("base_model.model.", ""), tensor.type(), tensor.shape(), tensor.bytes())));

        assertThatThrownBy(this::read).hasMessageContaining("the key classifier.dense.bias has no place");
    }

    @ParameterizedTest
    @CsvSource({"lora_A", "lora_B", "classifier.out_proj.bias"})
    void aMissingTensorIsRefused(String part) throws IOException {
        writeLora();
        rewrite(tensors -> tensors.remove(tensors.stream()
                .filter(tensor -> tensor.name().contains(part))
                .findFirst()
                .orElseThrow()));

        assertThatThrownBy(this::read)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lacks the key")
                .hasMessageContaining(part);
    }

    @Test
    void aPoolerThatPeftDidNotTrainIsTheBaseModels() throws IOException {
        Path files = TinyModel.writeBert(directory.resolve("bert"), 1);
        base = BaseModel.load(manager, files);
        TensorMap trained = writeLora();
        List<String> pooler = List.of("bert.pooler.dense.weight", "bert.pooler.dense.bias");
        rewrite(tensors -> tensors.removeIf(tensor -> tensor.name().contains("pooler")));
        configure("modules_to_save", "[\"classifier\", \"score\"]");

        // This base model has no pooler: it was drawn when the adapter was trained, and is lost.
        assertThatThrownBy(this::read).hasMessageContaining("lacks the key base_model.model.bert.pooler.dense");

        rewrite(
                files.resolve("model.safetensors"),
                tensors -> pooler.forEach(name -> {
                    federa.tensor.Tensor tensor = trained.get(name);
                    float[] values = new float[tensor.values().length];
                    Arrays.fill(values, 0.25f);
                    tensors.add(Tensor.ofFloats(name, values, tensor.shape()));
                }));
        base = BaseModel.load(manager, files);

        TensorMap read = read().lora().tensors();

        assertThat(read.asMap()).containsOnlyKeys(trained.asMap().keySet());
        for (String name : trained.asMap().keySet()) {
            TensorMap from = pooler.contains(name) ? base.head() : trained;
            assertThat(read.get(name).values()).isEqualTo(from.get(name).values());
        }

        // A file that says that it has the pooler is not whole without it.
        configure("modules_to_save", "[\"classifier\", \"bert.pooler\"]");
        assertThatThrownBy(this::read).hasMessageContaining("lacks the key base_model.model.bert.pooler.dense");
    }

    @Test
    void anAdapterOfAnotherModelIsRefused() throws IOException {
        writeLora();
        rewrite(tensors -> tensors.replaceAll(
                tensor -> tensor.name().equals(KEY) ? Tensor.ofFloats(KEY, new float[3 * 32], 3, 32) : tensor));

        assertThatThrownBy(this::read).hasMessageContaining(KEY + " has shape [3, 32]");
    }

    @Test
    void anAdapterForAnotherNumberOfLabelsIsRefused() throws IOException {
        writeLora();

        assertThatThrownBy(() -> PeftDirectory.read(directory, base, HeadKind.SEQUENCE, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("classifier.out_proj")
                .hasMessageContaining("number of labels");
    }

    @Test
    void aDirectoryWithoutAnAdapterIsRefused() throws IOException {
        assertThatThrownBy(this::read).hasMessageContaining("has no adapter_config.json");
        writeLora();
        Files.delete(directory.resolve("adapter_model.safetensors"));
        assertThatThrownBy(this::read).hasMessageContaining("has no adapter_model.safetensors");
    }

    private TensorMap writeLora() throws IOException {
        return write(new Lora(3, 3, Scaling.STANDARD, new Targets(List.of("query", "value"))));
    }

    private TensorMap write(Method method) throws IOException {
        TensorMap initial = Tiny.global(base, method);
        TrainedModel model = new TrainedModel(
                base, directory, HeadKind.SEQUENCE, LABELS, 32, method, initial, method.anchor(initial));
        PeftDirectory.write(model, "org/tiny", directory);
        return initial;
    }

    private PeftDirectory.Adapter read() {
        return PeftDirectory.read(directory, base, HeadKind.SEQUENCE, LABELS.size());
    }

    private void configure(String key, String value) throws IOException {
        Path file = directory.resolve("adapter_config.json");
        JsonObject config = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        config.add(key, JsonParser.parseString(value));
        Files.writeString(file, new GsonBuilder().serializeNulls().create().toJson(config));
    }

    private interface Change {
        void apply(List<Tensor> tensors);
    }

    private void rewrite(Change change) {
        rewrite(directory.resolve("adapter_model.safetensors"), change);
    }

    private static void rewrite(Path file, Change change) {
        List<Tensor> tensors = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            checkpoint.names().forEach(name -> tensors.add(checkpoint.tensor(name)));
        }
        change.apply(tensors);
        Safetensors.write(file, tensors);
    }
}
