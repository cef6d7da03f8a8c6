package federa.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.huggingface.translator.TextClassificationTranslatorFactory;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import federa.checkpoint.Checkpoint;
import federa.checkpoint.Safetensors;
import federa.checkpoint.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of FeDeRA, exported in every format and taken back. */
class ExportTest {

    private static final String RUN = "small";
    private static final String METHOD =
            "method={kind: lora, rank: 4, alpha: 4.0, scaling: standard, targets: [query, value]}";
    private static final List<String> TEXTS =
            List.of("the orchestra played a long symphony", "a penalty in the last minute", "rain");
    private static final double FP32 = 1e-4;

    @TempDir
    static Path root;

    private static SmallWorld world;
    private static Map<String, List<Double>> scored;

    @BeforeAll
    static void train() {
        world = SmallWorld.trainedIn(root);
        world.write("texts.csv", "text\n" + String.join("\n", TEXTS) + "\n");
        scored = score(RUN);
    }

    @Test
    void anExportedAdapterIsARunThatScoresAlikeAndCanBeTrainedFurther() {
        String adapter = export("peft", "adapter");
        String[] options = {"--run-id", "imported", "--source", adapter, "--base", "tiny", "--set", METHOD};
        JsonNode imported = json(world.experiment("import-adapter", options));
        String again = root.resolve("again").toString();
        world.job("export", "--run-id", "imported", "--format", "peft", "--out", again)
                .done();

        assertThat(imported.get("rounds").asInt()).isZero();
        assertScoresAs(score("imported"));
        assertThat(Path.of(again, "adapter_model.safetensors"))
                .hasSameBinaryContentAs(Path.of(adapter, "adapter_model.safetensors"));
        assertThat(json(world.experiment("import-adapter", options)).get("adapters_sha256"))
                .isEqualTo(imported.get("adapters_sha256"));
        assertThat(attempts("imported")).isEqualTo(1);
        assertThat(json(world.experiment("train", "--run-id", "imported", "--set", METHOD))
                        .get("rounds")
                        .asInt())
                .isEqualTo(1);
        assertThat(attempts("imported")).isEqualTo(2);
    }

    private static long attempts(String run) {
        return Outcome.spark()
                .read()
                .format("delta")
                .load(world.warehouse() + "/tables/runs")
                .where("run_id = '%s'".formatted(run))
                .count();
    }

    @Test
    void aMergedModelIsABaseModelWhoseRunsStartWhereTheRunEnded() throws IOException {
        String merged = export("hugging-face", "merged");
        assertThat(Path.of(merged, "config.json"))
                .content()
                .contains("\"RobertaForSequenceClassification\"", "\"id2label\"", "\"label2id\"");
        reverseClasses(Path.of(merged));
        world.job("import-model", "--name", "merged", "--source", merged).done();
        world.experiment("train", "--run-id", "from-merged", "--set", "model.name=merged")
                .done();

        Map<String, Double> ended = metrics(world.job("evaluate", "--run-id", RUN));
        Map<String, Double> starts = metrics(world.job("evaluate", "--run-id", "from-merged", "--round", "0"));
        assertThat(starts.keySet()).isEqualTo(ended.keySet()).contains("loss");
        starts.forEach((metric, value) -> assertThat(value).as(metric).isCloseTo(ended.get(metric), within(FP32)));
    }

    /** The same model with its classes in another order than the data's labels, and their names in capitals. */
    private static void reverseClasses(Path model) throws IOException {
        List<String> labels = new ArrayList<>(labels(model.toString()));
        Collections.reverse(labels);
        ObjectMapper json = new ObjectMapper();
        ObjectNode config =
                (ObjectNode) json.readTree(model.resolve("config.json").toFile());
        ObjectNode names = config.putObject("id2label");
        for (int id = 0; id < labels.size(); id++) {
            names.put(Integer.toString(id), labels.get(id).toUpperCase(Locale.ROOT));
        }
        Files.writeString(model.resolve("config.json"), config.toString());
        rewrite(model.resolve("model.safetensors"), tensor -> {
            if (!tensor.name().startsWith("classifier.out_proj.")) {
                return tensor;
            }
            float[] values = tensor.toFloats();
            float[] reversed = new float[values.length];
            int width = values.length / labels.size();
            for (int row = 0; row < labels.size(); row++) {
                System.arraycopy(values, row * width, reversed, (labels.size() - 1 - row) * width, width);
            }
            return Tensor.ofFloats(tensor.name(), reversed, tensor.shape());
        });
    }

    /** Writes the tensors of a file again, without its metadata. */
    private static void rewrite(Path file, UnaryOperator<Tensor> change) {
        List<Tensor> tensors = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            checkpoint.names().forEach(name -> tensors.add(change.apply(checkpoint.tensor(name))));
        }
        Safetensors.write(file, tensors);
    }

    @Test
    void anAdapterWhoseClassesNobodyNamesIsTakenByPositionIfThatIsAskedFor() throws IOException {
        String adapter = export("peft", "unnamed");
        rewrite(Path.of(adapter, "adapter_model.safetensors"), tensor -> tensor);
        Path config = Path.of(adapter, "adapter_config.json");
        Files.writeString(config, Files.readString(config).replace("\"tiny\"", "null"));
        String[] options = {"--run-id", "unnamed", "--source", adapter, "--set", METHOD};

        world.refusedExperiment("import-adapter", options)
                .refusedWith("does not say which base model it was made for", "add --base tiny");
        String[] based = with(options, "--base", "tiny");
        world.refusedExperiment("import-adapter", based)
                .refusedWith("LABEL_0", "add --set model.head-labels=by-position");
        world.experiment("import-adapter", with(based, "--set", "model.head-labels=by-position"))
                .done();
        assertScoresAs(score("unnamed"));
    }

    private static String[] with(String[] options, String... more) {
        return Stream.concat(Stream.of(options), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void djlsTranslatorScoresAsTheRun() throws Exception {
        String served = export("djl", "served");
        Map<String, List<Double>> probabilities = new TreeMap<>();
        try (ZooModel<String, Classifications> model = Criteria.builder()
                        .setTypes(String.class, Classifications.class)
                        .optModelPath(Path.of(served))
                        .optTranslatorFactory(new TextClassificationTranslatorFactory())
                        .build()
                        .loadModel();
                Predictor<String, Classifications> predictor = model.newPredictor()) {
            List<String> labels = labels(served);
            for (String text : TEXTS) {
                Classifications found = predictor.predict(text);
                probabilities.put(
                        text,
                        labels.stream()
                                .map(label -> found.get(label).getProbability())
                                .toList());
            }
        }
        assertScoresAs(probabilities);
    }

    @Test
    void anyCommittedRoundCanBeExported() {
        Path start = root.resolve("start");
        JsonNode result = json(
                world.job("export", "--run-id", RUN, "--round", "0", "--format", "peft", "--out", start.toString()));

        assertThat(result.get("rounds").asInt()).isZero();
        assertThat(result.get("format").asText()).isEqualTo("peft");
        world.refused("export", "--run-id", RUN, "--round", "7", "--format", "peft", "--out", start + "7")
                .refusedWith("has the rounds 0 to 1, not 7");
    }

    @Test
    void onlyAnEarlierExportIsOverwrittenAndOnlyIfAsked() throws IOException {
        String out = export("peft", "present");
        world.refused("export", "--run-id", RUN, "--format", "djl", "--out", out)
                .refusedWith("--out", out, "exists already", "--overwrite");
        world.job("export", "--run-id", RUN, "--format", "djl", "--out", out, "--overwrite")
                .done();
        try (Stream<Path> files = Files.list(Path.of(out))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "model.pt", "serving.properties", "tokenizer.json");
        }
        world.write("precious/config.json", "{}");
        world.write("precious/photos/cat.jpg", "meow");
        world.refused("export", "--run-id", RUN, "--format", "djl", "--overwrite", "--out", root + "/precious")
                .refusedWith("is no earlier export");
        try (Stream<Path> files = Files.list(root)) {
            assertThat(files.filter(file -> file.toString().contains("ing-"))).isEmpty();
        }
    }

    @Test
    void whatAFormatCannotHoldIsRefusedAndNothingIsWritten() {
        world.experiment("train", "--run-id", "full", "--set", "method={kind: full}")
                .done();
        String out = root.resolve("refused").toString();

        world.refused("export", "--run-id", "full", "--format", "peft", "--out", out)
                .refusedWith("the run's method is full", "--format hugging-face or djl");
        world.refused("export", "--run-id", RUN, "--format", "onnx", "--out", out)
                .refusedWith("'onnx'", "hugging-face");
        world.refused("export", "--run-id", RUN, "--format", "djl", "--base", "x", "--out", out)
                .refusedWith("--base is for --format peft only");
        world.refused("export", "--run-id", "nobody", "--format", "djl", "--out", out)
                .refusedWith("has no run nobody");
    }

    @Test
    void anAdapterOfAnotherBaseOrMethodIsRefusedWithWhatToAdd() {
        String adapter = export("peft", "strange");

        world.refusedExperiment("import-adapter", "--run-id", "x", "--source", adapter)
                .refusedWith("the experiment's method is not the adapter's", "--set \"" + METHOD + "\"");
        world.refusedExperiment("import-adapter", "--run-id", "x", "--source", adapter, "--base", "other")
                .refusedWith("made for the base model 'tiny', not for 'other'", "--base tiny");
        world.refusedExperiment("import-adapter", "--run-id", "x", "--source", root + "/nowhere", "--set", METHOD)
                .refusedWith("--source", "is not a directory");
        world.refusedExperiment("import-adapter", "--run-id", RUN, "--source", adapter, "--set", METHOD)
                .refusedWith("run small was started with another configuration");
        world.write("broken/adapter_config.json", "{}");
        world.refusedExperiment("import-adapter", "--run-id", "x", "--source", root + "/broken")
                .refusedWith(root + "/broken/adapter_config.json: the key 'peft_type' is missing");
    }

    private static String export(String format, String name) {
        String out = root.resolve(name).toString();
        world.job("export", "--run-id", RUN, "--format", format, "--out", out).done();
        return out;
    }

    private static Map<String, List<Double>> score(String run) {
        Path output = root.resolve("scored-" + run);
        world.job(
                        "score",
                        "--run-id",
                        run,
                        "--input",
                        world.file("texts.csv").toString(),
                        "--format",
                        "csv",
                        "--output",
                        output.toString())
                .done();
        Map<String, List<Double>> probabilities = new TreeMap<>();
        for (Row row : Outcome.spark().read().parquet(output.toString()).collectAsList()) {
            probabilities.put(row.getAs("text"), row.getList(row.fieldIndex("probability")));
        }
        return probabilities;
    }

    private static void assertScoresAs(Map<String, List<Double>> probabilities) {
        assertThat(probabilities.keySet()).isEqualTo(scored.keySet());
        probabilities.forEach((text, got) -> {
            for (int label = 0; label < got.size(); label++) {
                assertThat(got.get(label)).isCloseTo(scored.get(text).get(label), within(FP32));
            }
        });
    }

    private static List<String> labels(String directory) throws IOException {
        JsonNode names = new ObjectMapper()
                .readTree(Path.of(directory, "config.json").toFile())
                .get("id2label");
        List<String> labels = new ArrayList<>();
        for (int id = 0; id < names.size(); id++) {
            labels.add(names.get(Integer.toString(id)).asText());
        }
        return labels;
    }

    /** The lines of a metric and its value. */
    private static Map<String, Double> metrics(Outcome outcome) {
        Map<String, Double> metrics = new TreeMap<>();
        outcome.done().out().lines().filter(line -> !line.startsWith("{")).forEach(line -> {
            String[] parts = line.split(" +");
            metrics.put(parts[0], Double.valueOf(parts[1]));
        });
        return metrics;
    }

    private static JsonNode json(Outcome outcome) {
        try {
            return new ObjectMapper().readTree(outcome.done().lastLine());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
