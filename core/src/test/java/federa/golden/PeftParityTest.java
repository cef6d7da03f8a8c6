package federa.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import federa.checkpoint.Checkpoint;
import federa.encoder.BaseModel;
import federa.encoder.EncoderInput;
import federa.encoder.HeadKind;
import federa.engine.GradMode;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.exchange.DjlDirectory;
import federa.exchange.HuggingFaceDirectory;
import federa.exchange.PeftDirectory;
import federa.exchange.TrainedModel;
import federa.peft.Federa;
import federa.peft.FrozenBase;
import federa.peft.FullFineTuning;
import federa.peft.Lora;
import federa.peft.Method;
import federa.peft.OrdinaryLora;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.task.Batch;
import federa.task.Example;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters that the PEFT library wrote, and what it computes with them. */
class PeftParityTest {

    private static final Set<String> KEYS = Set.of(
            "base_model_name_or_path",
            "bias",
            "fan_in_fan_out",
            "inference_mode",
            "init_lora_weights",
            "lora_alpha",
            "lora_dropout",
            "modules_to_save",
            "peft_type",
            "r",
            "target_modules",
            "task_type");

    @TempDir
    private Path directory;

    private final Golden golden = Golden.open();

    @AutoClose
    private final NDManager manager = Torch.newManager(Device.cpu());

    @ParameterizedTest
    @CsvSource({
        "roberta, seqcls, SEQUENCE",
        "roberta, tokcls, TOKENS",
        "roberta, qa, SPAN",
        "deberta, seqcls, SEQUENCE",
        "deberta, tokcls, TOKENS",
        "deberta, qa, SPAN",
        "bert, seqcls, SEQUENCE",
        "bert, tokcls, TOKENS",
        "bert, qa, SPAN"
    })
    void anAdapterAndAllItIsExportedAsGiveTheLogitsOfTheReference(String arch, String task, HeadKind head)
            throws Exception {
        String name = "%s-%s".formatted(arch, task);
        TrainedModel model = imported(golden.directory("peft/" + name), name, head, "peft/" + name);

        assertLogits(arch + "/" + task, "peft/" + name, logits(model, arch + "/" + task));
        assertEveryExportGivesTheLogits(model, arch + "/" + task, "peft/" + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta", "deberta", "bert"})
    void aTrainedFederaIsExportedWithTheTensorsAndTheSettingsOfTheReference(String arch) throws Exception {
        TrainedModel model = federa(arch);
        Path reference = golden.directory("peft/" + arch + "-seqcls-pissa/as_lora");

        PeftDirectory.write(model, "tiny-" + arch + "-seqcls", directory);

        assertThat(tensors(directory).sha256()).isEqualTo(tensors(reference).sha256());
        assertThat(tensors(directory).asMap().keySet())
                .isEqualTo(tensors(reference).asMap().keySet());
        JsonObject config = config(directory);
        assertThat(config.keySet()).isEqualTo(KEYS);
        JsonObject expected = config(reference);
        for (String key : KEYS) {
            if (config.get(key).isJsonArray()) { // the order means nothing
                assertThat(config.getAsJsonArray(key))
                        .as(key)
                        .containsExactlyInAnyOrderElementsOf(expected.getAsJsonArray(key));
            } else {
                assertThat(config.get(key)).as(key).isEqualTo(expected.get(key));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta", "deberta", "bert"})
    void aTrainedFederaAndAllItIsExportedAsGiveTheLogitsOfTheReference(String arch) throws Exception {
        TrainedModel model = federa(arch);
        String folder = "peft/" + arch + "-seqcls-pissa";

        assertLogits(arch + "/seqcls", folder, logits(model, arch + "/seqcls"));
        assertEveryExportGivesTheLogits(model, arch + "/seqcls", folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta", "deberta", "bert"})
    void anAdapterWhoseBaseWouldBeDecomposedAgainIsRefused(String arch) {
        Path trained = golden.directory("peft/" + arch + "-seqcls-pissa/trained");

        assertThatThrownBy(() -> imported(trained, arch + "-seqcls", HeadKind.SEQUENCE, "peft/" + arch + "-seqcls"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("init_lora_weights is 'pissa'");
    }

    private void assertEveryExportGivesTheLogits(TrainedModel model, String batch, String folder)
            throws IOException, TranslateException, MalformedModelException {
        Path peft = Files.createDirectory(directory.resolve("peft"));
        PeftDirectory.write(model, "tiny", peft);
        assertLogits(batch, folder, logits(imported(peft, model), batch));

        Path merged = Files.createDirectory(directory.resolve("hugging-face"));
        HuggingFaceDirectory.write(model, merged);
        BaseModel base = BaseModel.load(manager, merged);
        TensorMap head = base.initialHead(model.head(), model.labels().size(), 0);
        TrainedModel again = new TrainedModel(
                base,
                merged,
                model.head(),
                model.labels(),
                model.maxTokens(),
                new FullFineTuning(),
                base.toTensors().with(head),
                TensorMap.empty());
        assertLogits(batch, folder, logits(again, batch));

        Files.copy(Path.of("../model-store/models/roberta-mini/tokenizer.json"), merged.resolve("tokenizer.json"));
        Path script = Files.createDirectory(directory.resolve("djl"));
        DjlDirectory.write(again, script);
        assertLogits(batch, folder, scriptLogits(script, model.head(), batch));
    }

    private TrainedModel imported(Path adapter, String base, HeadKind head, String expected) {
        Path files = golden.directory("hf/" + base);
        return imported(
                adapter,
                new TrainedModel(
                        BaseModel.load(manager, files),
                        files,
                        head,
                        head == HeadKind.SPAN ? List.of() : labels(expected),
                        8,
                        new FullFineTuning(),
                        TensorMap.empty(),
                        TensorMap.empty()));
    }

    /** The adapter on the base model of the other. */
    private static TrainedModel imported(Path adapter, TrainedModel other) {
        PeftDirectory.Adapter read = PeftDirectory.read(
                adapter, other.base(), other.head(), other.labels().size());
        OrdinaryLora lora = read.lora();
        Method method = new Lora(lora.rank(), lora.alpha(), lora.scaling(), new Targets(List.copyOf(read.layers())));
        return new TrainedModel(
                other.base(),
                other.directory(),
                other.head(),
                other.labels(),
                other.maxTokens(),
                method,
                lora.tensors(),
                TensorMap.empty());
    }

    /** FeDeRA's state after the training that the reference stored. */
    private TrainedModel federa(String arch) throws IOException {
        Path files = golden.directory("hf/" + arch + "-seqcls");
        Path stored = golden.directory("peft/" + arch + "-seqcls-pissa");
        JsonObject settings = config(stored.resolve("trained"));
        List<String> targets = settings.getAsJsonArray("target_modules").asList().stream()
                .map(JsonElement::getAsString)
                .toList();
        Federa method = new Federa(
                settings.get("r").getAsInt(),
                settings.get("lora_alpha").getAsDouble(),
                Scaling.STANDARD,
                new Targets(targets));
        return new TrainedModel(
                BaseModel.load(manager, files),
                files,
                HeadKind.SEQUENCE,
                labels("peft/" + arch + "-seqcls-pissa"),
                8,
                method,
                ours(stored.resolve("trained")),
                method.anchor(ours(stored.resolve("initial"))));
    }

    /** As many names as the expected logits have columns. */
    private List<String> labels(String folder) {
        var shape = golden.entry(folder + "/expected_logits").getAsJsonArray("shape");
        return IntStream.range(0, shape.get(shape.size() - 1).getAsInt())
                .mapToObj(id -> "LABEL_" + id)
                .toList();
    }

    /** The tensors of an adapter's file under our names. */
    private static TensorMap ours(Path adapter) {
        Map<String, Tensor> tensors = new TreeMap<>();
        tensors(adapter).asMap().forEach((key, tensor) -> {
            String name = key.replace("base_model.model.", "");
            tensors.put(name.replaceAll("(lora_[AB])\\.weight", "$1"), tensor);
        });
        return new TensorMap(tensors);
    }

    private static TensorMap tensors(Path adapter) {
        Map<String, Tensor> tensors = new TreeMap<>();
        try (Checkpoint checkpoint = Checkpoint.open(adapter.resolve("adapter_model.safetensors"))) {
            for (String key : checkpoint.names()) {
                tensors.put(
                        key,
                        new Tensor(
                                checkpoint.tensor(key).shape(),
                                checkpoint.tensor(key).toFloats()));
            }
        }
        return new TensorMap(tensors);
    }

    private static JsonObject config(Path adapter) throws IOException {
        return JsonParser.parseString(Files.readString(adapter.resolve("adapter_config.json")))
                .getAsJsonObject();
    }

    private float[] logits(TrainedModel model, String batch) {
        try (FrozenBase frozen = new FrozenBase(model.base(), model.method(), model.anchor(), Precision.FP32);
                ClientModel client = new ClientModel(
                        frozen, model.trained(), model.head(), model.labels().size(), 0);
                NDManager scope = client.newScope();
                GradMode off = GradMode.off()) {
            return client.encoder().logits(batch(batch).input(scope), false).toFloatArray();
        }
    }

    /** The stored batch as PEFT passes it on: its model for question answering drops the token types. */
    private Batch batch(String folder) {
        Batch stored = golden.batch(folder);
        return folder.endsWith("/qa")
                ? new Batch(stored.examples().stream()
                        .map(example -> new Example(example.ids(), example.targets()))
                        .toList())
                : stored;
    }

    /** The scores of the TorchScript model, padded with id 0 whatever its tokenizer pads with. */
    private float[] scriptLogits(Path script, HeadKind head, String batch)
            throws IOException, MalformedModelException, TranslateException {
        int[][] mask = golden.rows(batch + "/attention_mask");
        try (Model model = Model.newInstance("model", Device.cpu(), "PyTorch")) {
            model.load(script);
            try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator(null));
                    NDManager scope = manager.newSubManager()) {
                EncoderInput input = batch(batch).input(scope);
                NDArray real = scope.create(
                        Arrays.stream(mask)
                                .flatMapToLong(row -> Arrays.stream(row).asLongStream())
                                .toArray(),
                        new Shape(mask.length, mask[0].length));
                NDList inputs = new NDList(input.ids(), real);
                if (Files.readString(script.resolve("serving.properties")).contains("includeTokenTypes=true")) {
                    inputs.add(input.tokenTypes() == null ? input.ids().zerosLike() : input.tokenTypes());
                }
                NDList scores = predictor.predict(inputs);
                return head == HeadKind.SPAN
                        ? interleaved(scores)
                        : scores.get(0).toFloatArray();
            }
        }
    }

    private static float[] interleaved(NDList ends) {
        float[] starts = ends.get(0).toFloatArray();
        float[] stops = ends.get(1).toFloatArray();
        float[] flat = new float[2 * starts.length];
        for (int i = 0; i < starts.length; i++) {
            flat[2 * i] = starts[i];
            flat[2 * i + 1] = stops[i];
        }
        return flat;
    }

    private void assertLogits(String batch, String folder, float[] logits) {
        String path = folder + "/expected_logits";
        if (golden.entry(path).getAsJsonArray("shape").size() == 2) {
            golden.assertClose(path, logits);
        } else {
            golden.assertCloseWhere(path, logits, golden.rows(batch + "/attention_mask"));
        }
    }
}
