package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that import-model, and run on its way, refuse; once mended they are imported. */
class ModelRefusedTest {

    private static final String QUERY = "roberta.encoder.layer.1.attention.self.query.weight";

    @TempDir
    Path directory;

    private SmallWorld world;
    private Path weights;

    @BeforeEach
    void write() {
        world = SmallWorld.in(directory);
        weights = world.file("tiny/model.safetensors");
    }

    @Test
    void aDirectoryThatIsNotThere() {
        world.refused(
                        "import-model",
                        "--name",
                        "tiny",
                        "--source",
                        world.file("nowhere").toString())
                .refusedWith(world.file("nowhere").toString(), "give a Hugging Face model directory");
    }

    @Test
    void weightsThatAreNotThere() throws IOException {
        byte[] whole = Files.readAllBytes(weights);
        Files.delete(weights);
        refusedWith(world.file("tiny").toString(), "holds neither model.safetensors nor pytorch_model.bin");
        Files.write(weights, whole);
        imported();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 100, 20_000, -1})
    void truncatedWeights(int length) throws IOException {
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(whole, length < 0 ? whole.length + length : length));
        refusedWith(weights.toString(), "truncated");
        Files.write(weights, whole);
        imported();
    }

    @Test
    void aTruncatedTorchFile() throws IOException {
        byte[] whole = Files.readAllBytes(weights);
        Files.delete(weights);
        Path bin = world.file("tiny/pytorch_model.bin");
        byte[] zip = torchFile("ccollections\nOrderedDict\n)R.");
        Files.write(bin, Arrays.copyOf(zip, zip.length / 2));
        refusedWith(bin.toString());
        Files.delete(bin);
        Files.write(weights, whole);
        imported();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPickleThatCallsAFunction(boolean zip) throws IOException {
        Path proof = world.file("called");
        Files.delete(weights);
        Path bin = world.file("tiny/pytorch_model.bin");
        String call = "cos\nsystem\n(S'touch " + proof + "'\ntR.";
        Files.write(bin, zip ? torchFile(call) : call.getBytes(StandardCharsets.ISO_8859_1));
        refusedWith(bin.toString(), "os.system");
        assertThat(proof).doesNotExist();
    }

    @Test
    void aTensorOfAnotherShape() {
        world.writeWeights("tiny", world.weights(Map.of(QUERY, new long[] {16, 8})));
        refusedWith(weights.toString(), QUERY, "[16, 8]", "[16, 16]");
        world.writeModel("tiny");
        imported();
    }

    @Test
    void aMissingTensor() {
        Map<String, long[]> without = new HashMap<>();
        without.put(QUERY, null);
        world.writeWeights("tiny", world.weights(without));
        refusedWith(weights.toString(), QUERY, "most similar");
        world.writeModel("tiny");
        imported();
    }

    @Test
    void aTokenizerThatKnowsMoreTokensThanTheModel() {
        world.write("tiny/config.json", world.read("tiny/config.json").replace("8192", "8000"));
        world.writeWeights(
                "tiny", world.weights(Map.of("roberta.embeddings.word_embeddings.weight", new long[] {8000, 16})));
        refusedWith(world.file("tiny/tokenizer.json").toString(), "id 8191", "8000 entries", "use the tokenizer");
        world.writeModel("tiny");
        imported();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "\"text\"", "{}", "{\"model\": 5}", "\u0000\u0001"})
    void aTokenizerThatIsNone(String json) {
        world.write("tiny/tokenizer.json", json);
        refusedWith(world.file("tiny/tokenizer.json").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{}",
                "{\"model_type\": \"gpt2\"}",
                "{\"model_type\": \"roberta\", \"hidden_act\": {}}",
                "{\"model_type\": \"roberta\", \"vocab_size\": \"many\"}",
                "{\"model_type\": \"roberta\", \"vocab_size\": {}}",
                "{\"model_type\": \"roberta\", \"vocab_size\": [1, 2]}"
            })
    void aConfigurationThatIsNone(String json) {
        world.write("tiny/config.json", json);
        String said = refusedWith(world.file("tiny/config.json").toString()).err();
        assertThat(said)
                .satisfiesAnyOf(
                        line -> assertThat(line).contains("is not a JSON object"),
                        line -> assertThat(line).contains("model_type"),
                        line -> assertThat(line).contains("the key 'hidden_size' is missing"),
                        line -> assertThat(line).contains("hidden_act"),
                        line -> assertThat(line).contains("vocab_size"));
    }

    @Test
    void aConfigurationThatIsNotText() {
        world.write("tiny/config.json", new byte[] {'{', (byte) 0xff, (byte) 0xfe, '}'});
        refusedWith(world.file("tiny/config.json").toString(), "UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../tiny", "", "a/b", ".hidden", "two\nlines", "LONG"})
    void hostileNames(String name) {
        String given = name.equals("LONG") ? "x".repeat(300) : name;
        world.refused(
                        "import-model",
                        "--name",
                        given,
                        "--source",
                        world.file("tiny").toString())
                .refusedWith("--name", "letters, digits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gopher://host/model", "a:b"})
    void sourcesThatAreNoPath(String source) {
        world.refused("import-model", "--name", "tiny", "--source", source).refusedWith("'" + source + "'");
    }

    @Test
    void anotherModelOfTheSameName() {
        imported();
        world.writeWeights(
                "tiny",
                world.weights(Map.of()).stream()
                        .map(tensor -> federa.checkpoint.Tensor.ofFloats(
                                tensor.name(), new float[tensor.elements()], tensor.shape()))
                        .toList());
        refusedWith("another model named tiny", "under another name");
    }

    @Test
    void runRefusesBeforeItPreparesAnything() throws IOException {
        Files.delete(weights);
        world.refusedExperiment("run").refusedWith(world.file("tiny").toString());
    }

    private Outcome refusedWith(String... parts) {
        return world.refused(
                        "import-model",
                        "--name",
                        "tiny",
                        "--source",
                        world.file("tiny").toString())
                .refusedWith(parts);
    }

    private void imported() {
        world.job(
                        "import-model",
                        "--name",
                        "tiny",
                        "--source",
                        world.file("tiny").toString())
                .done();
        assertThat(world.warehouse().resolve("models/tiny/model.safetensors")).exists();
    }

    /** The zip form of torch.save around a pickle. */
    private static byte[] torchFile(String pickle) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            java.util.zip.CRC32 crc = new java.util.zip.CRC32();
            byte[] content = pickle.getBytes(StandardCharsets.ISO_8859_1);
            crc.update(content);
            ZipEntry entry = new ZipEntry("archive/data.pkl");
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(content.length);
            entry.setCrc(crc.getValue());
            zip.putNextEntry(entry);
            zip.write(content);
        }
        return bytes.toByteArray();
    }
}
