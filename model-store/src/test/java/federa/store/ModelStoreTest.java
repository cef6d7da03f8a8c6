package federa.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import federa.checkpoint.Checkpoint;
import federa.checkpoint.Safetensors;
import federa.checkpoint.Tensor;
import federa.encoder.ModelRef;
import federa.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelStoreTest {

    private static final Configuration HADOOP = new Configuration();
    private static final Path EMBEDDED = Path.of("models");

    @TempDir
    Path directory;

    private Path source;
    private Path models;
    private ModelStore store;

    @BeforeEach
    void open() {
        source = TinyModel.write(directory.resolve("source"), 1);
        models = directory.resolve("warehouse/models");
        store = new ModelStore(
                Warehouse.open("directory", directory.resolve("warehouse").toString(), HADOOP), HADOOP);
    }

    @Test
    void anImportedModelIsFoundWithItsFilesDigestsAndCard() throws Exception {
        Files.writeString(source.resolve("flax_model.msgpack"), "another framework's weights");

        ModelRef imported = store.importModel("tiny", source.toString());

        assertThat(store.find("tiny")).contains(imported);
        assertThat(imported.uri()).isEqualTo("file:" + models.resolve("tiny"));
        assertThat(visible(models.resolve("tiny")))
                .containsExactly(
                        "MODEL_CARD.md", "config.json", "federa-model.json", "model.safetensors", "tokenizer.json");
        JsonObject manifest = JsonParser.parseString(Files.readString(models.resolve("tiny/federa-model.json")))
                .getAsJsonObject();
        assertThat(manifest.get("sha256").getAsString()).isEqualTo(imported.sha256());
        assertThat(manifest.get("source").getAsString()).isEqualTo(source.toString());
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            byte[] bytes = Files.readAllBytes(source.resolve(file));
            assertThat(Files.readAllBytes(models.resolve("tiny").resolve(file)))
                    .as(file)
                    .isEqualTo(bytes);
            assertThat(manifest.getAsJsonObject("files").get(file).getAsString())
                    .as(file)
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        }
        assertThat(Files.readString(models.resolve("tiny/MODEL_CARD.md")))
                .startsWith("# tiny\n")
                .contains(source.toString(), "2 x 16 x 2", "8192", "64 tokens", imported.sha256());
    }

    @Test
    void importingTheSameFilesAgainChangesNothing() throws IOException {
        ModelRef first = store.importModel("tiny", source.toString());
        FileTime written = Files.getLastModifiedTime(models.resolve("tiny/federa-model.json"));

        ModelRef again = store.importModel("tiny", source.toString());

        assertThat(again).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(models.resolve("tiny/federa-model.json")))
                .isEqualTo(written);
        assertThat(all(models)).containsExactly("tiny");
    }

    @Test
    void theSameFilesHaveTheSameDigestUnderAnyNameAndFromAnywhere() {
        Path copy = TinyModel.write(directory.resolve("copy"), 1);

        assertThat(store.importModel("one", source.toString()).sha256())
                .isEqualTo(store.importModel("two", copy.toString()).sha256());
    }

    @Test
    void otherFilesUnderATakenNameAreRefused() throws IOException {
        ModelRef first = store.importModel("tiny", source.toString());
        Path other = TinyModel.write(directory.resolve("other"), 2);

        assertThatThrownBy(() -> store.importModel("tiny", other.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("already has another model named tiny")
                .hasMessageContaining("import " + other + " under another name");

        assertThat(store.find("tiny")).contains(first);
        assertThat(all(models)).containsExactly("tiny");
    }

    @Test
    void ofTwoImportsAtOnceUnderOneNameTheFirstHasItAndTheOtherIsToldSo() throws Exception {
        Path other = TinyModel.write(directory.resolve("other"), 2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 5; i++) {
                String name = "tiny" + i;
                CyclicBarrier start = new CyclicBarrier(2);
                List<Future<ModelRef>> imports = threads.invokeAll(List.of(source, other).stream()
                        .map(from -> (Callable<ModelRef>) () -> {
                            start.await();
                            return store.importModel(name, from.toString());
                        })
                        .toList());
                List<ModelRef> imported = new ArrayList<>();
                for (Future<ModelRef> one : imports) {
                    try {
                        imported.add(one.get());
                    } catch (ExecutionException e) {
                        assertThat(e)
                                .cause()
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("already has another model named " + name);
                    }
                }
                assertThat(imported).containsExactly(store.find(name).orElseThrow());
                assertThat(all(models.resolve(name))).noneMatch(file -> file.startsWith(".importing"));
            }
        } finally {
            threads.shutdown();
        }
        assertThat(all(models)).containsExactly("tiny0", "tiny1", "tiny2", "tiny3", "tiny4");
    }

    @Test
    void whatIsNoModelKeepsItsPlace() throws IOException {
        Files.createDirectories(models.resolve("tiny/notes"));

        assertThatThrownBy(() -> store.importModel("tiny", source.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is there already and is no model of the store");

        assertThat(all(models)).containsExactly("tiny");
        assertThat(all(models.resolve("tiny"))).containsExactly("notes");
    }

    @Test
    void weightsInSeveralFilesAreImportedWithTheirIndexAndNothingElse() throws IOException {
        Path weights = source.resolve("model.safetensors");
        List<Tensor> tensors = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(weights)) {
            checkpoint.names().forEach(name -> tensors.add(checkpoint.tensor(name)));
        }
        Files.delete(weights);
        JsonObject map = new JsonObject();
        for (int i = 0; i < 2; i++) {
            String shard = "model-0000%d-of-00002.safetensors".formatted(i + 1);
            List<Tensor> half = tensors.subList(i * 20, i == 0 ? 20 : tensors.size());
            Safetensors.write(source.resolve(shard), half);
            half.forEach(tensor -> map.addProperty(tensor.name(), shard));
        }
        JsonObject index = new JsonObject();
        index.add("weight_map", map);
        Files.writeString(source.resolve("model.safetensors.index.json"), index.toString());
        Files.writeString(source.resolve("model-00003-of-00003.safetensors"), "of another version");

        store.importModel("tiny", source.toString());

        assertThat(visible(models.resolve("tiny")))
                .containsExactly(
                        "MODEL_CARD.md",
                        "config.json",
                        "federa-model.json",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json",
                        "tokenizer.json");
        try (Checkpoint read = Checkpoint.open(models.resolve("tiny"))) {
            assertThat(read.names()).hasSameSizeAs(tensors);
        }
        Files.delete(source.resolve("model-00002-of-00002.safetensors"));
        assertThatThrownBy(() -> store.importModel("other", source.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(source + "/model.safetensors.index.json: the file model-00002-of-00002");
    }

    @Test
    void aModelThatCannotBeReadLeavesNothingBehind() throws IOException {
        Path weights = source.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length / 2));

        assertThatThrownBy(() -> store.importModel("tiny", source.toString()))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(store.find("tiny")).isEmpty();
        assertThat(models).doesNotExist();
    }

    @Test
    void aModelWithVocabularyAndMergesIsImportedWithThem() throws IOException {
        Files.delete(source.resolve("tokenizer.json"));
        for (String file : List.of("vocab.json", "merges.txt")) {
            Files.copy(EMBEDDED.resolve("roberta-mini").resolve(file), source.resolve(file));
        }
        store.importModel("tiny", source.toString());
        assertThat(visible(models.resolve("tiny"))).contains("vocab.json", "merges.txt");
    }

    @Test
    void aModelWithASentencePieceFileIsImportedWithIt() throws IOException {
        Files.delete(source.resolve("tokenizer.json"));
        Path file = Path.of("../core/src/test/resources/tokenizer/spm-tiny/spm.model");
        Files.copy(file, source.resolve("spm.model"));
        store.importModel("tiny", source.toString());
        assertThat(Files.readAllBytes(models.resolve("tiny/spm.model"))).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void aModelWithoutATokenizerIsRefusedWithTheFilesThatWouldDo() throws IOException {
        Files.delete(source.resolve("tokenizer.json"));

        assertThatThrownBy(() -> store.importModel("tiny", source.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(source + ": holds no tokenizer.json")
                .hasMessageContaining("vocab.json with merges.txt")
                .hasMessageContaining("spm.model");

        assertThat(store.find("tiny")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta-mini", "deberta-v3-mini"})
    void theModelsOfThisRepositoryAreImported(String name) throws IOException {
        store.importModel(name, EMBEDDED.resolve(name).toString());
        assertThat(visible(models.resolve(name)))
                .contains("NOTICE.md", "config.json", "model.safetensors", "tokenizer.json", "vocab.json");
    }

    @Test
    void whatAKilledImportLeftIsNoModelAndNoObstacle() throws IOException {
        Path leftOver = models.resolve(".importing-1");
        Files.createDirectories(leftOver);
        Files.writeString(leftOver.resolve("config.json"), "{");

        assertThat(store.find("tiny")).isEmpty();
        store.importModel("tiny", source.toString());

        assertThat(store.find("tiny")).isPresent();
    }

    /** Names in a directory, checksum files left out. */
    private static List<String> visible(Path directory) throws IOException {
        return all(directory).stream().filter(name -> !name.startsWith(".")).toList();
    }

    private static List<String> all(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
