package federa.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights in several files, and weights under other names than the model's. */
class ShardedCheckpointTest {

    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    Path directory;

    @BeforeEach
    void write() throws IOException {
        Safetensors.write(directory.resolve("one.safetensors"), List.of(tensor("a", 1), tensor("b", 2)));
        Safetensors.write(directory.resolve("two.safetensors"), List.of(tensor("c", 3)));
        index("{'metadata': {'total_size': 12}, 'weight_map': {'a': 'one.safetensors', 'b': 'one.safetensors',"
                + " 'c': 'two.safetensors'}}");
    }

    @Test
    void severalFilesAreReadAsOne() {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.names()).containsExactly("a", "b", "c");
            assertThat(checkpoint.tensor("c").toFloats()).containsExactly(3);
            assertThat(checkpoint.file()).isEqualTo(directory.resolve(INDEX));
            assertThatThrownBy(() -> checkpoint.tensor("d")).hasMessageContaining("has no tensor 'd'");
        }
    }

    @Test
    void aFileThatIsWholeComesBeforeAnIndexOfTheSameKind() {
        Safetensors.write(directory.resolve("model.safetensors"), List.of(tensor("whole", 1)));
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.names()).containsExactly("whole");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'weight_map': {'a': 'one.safetensors', 'c': 'three.safetensors'}} | three.safetensors, which has some of the tensors, is missing",
                "{'weight_map': {'a': 'one.safetensors', 'b': 'two.safetensors'}} | 'b' should be in two.safetensors, but is in one.safetensors",
                "{'weight_map': {'a': 'one.safetensors', 'd': 'one.safetensors'}} | 'd' should be in one.safetensors, but is in none of the files",
                "{'weight_map': {'a': '../one.safetensors'}} | 'a' in '../one.safetensors', which is no file beside it",
                "{'weight_map': {'a': '/etc/passwd'}} | which is no file beside it",
                "{'weight_map': {'a': '..'}} | which is no file beside it",
                "{'weight_map': {'a': 'one.safetensors', 'a': 'two.safetensors'}} | names tensor 'a' twice",
                "{'weight_map': {}} | has no weight_map",
                "{} | has no weight_map",
                "[] | is no index of weights",
                "{'weight_map': {'a': ['one.safetensors']}} | is no index of weights",
                "{'weight_map': {'a': 'one.safetensors' | is no index of weights",
                "`` | is no index of weights",
                "{'weight_map': {'a': 'one.safetensors'}} {} | is no index of weights",
                "{'weight_map': null} | $.weight_map'; fetch it again",
                "{'weight_map': {'a': 'folder'}} | folder, which has some of the tensors, is missing",
            })
    void anIndexThatIsWrongIsRefused(String json, String reason) throws IOException {
        index(json);
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(directory.resolve(INDEX).toString())
                .hasMessageContaining(reason)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void anIndexOfNothingButBracketsIsRefusedWithoutTakingMemory() throws IOException {
        index("{'x': " + "[".repeat(20_000_000));
        assertThatThrownBy(() -> Checkpoint.open(directory)).hasMessageContaining("nests more than 64 levels deep");
    }

    @Test
    void aTensorInTwoFilesIsRefused() {
        Safetensors.write(directory.resolve("two.safetensors"), List.of(tensor("c", 3), tensor("b", 4)));
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("tensor 'b' is both in one.safetensors and in two.safetensors");
    }

    @ParameterizedTest
    @CsvSource({"module.", "_orig_mod.", "model."})
    void aWrappersNameIsLeftOutIfAllTensorsHaveIt(String wrapper) {
        Path file = directory.resolve("model.safetensors");
        Safetensors.write(file, List.of(tensor(wrapper + "a", 1), tensor(wrapper + "b", 2)));
        assertNames("a", "b");
        Safetensors.write(file, List.of(tensor(wrapper + "a", 1), tensor("b", 2)));
        assertNames(wrapper + "a", "b");
    }

    @Test
    void oneTensorOfTwoNamesIsFoundByBoth() {
        Safetensors.write(
                directory.resolve("model.safetensors"), List.of(tensor("decoder", 7)), Map.of("words", "decoder"));
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.tensor("words").toFloats()).containsExactly(7);
            assertThat(checkpoint.tensor("decoder").toFloats()).containsExactly(7);
        }
    }

    private void assertNames(String... names) {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.names()).containsExactlyInAnyOrder(names);
            for (String name : names) {
                assertThat(checkpoint.tensor(name).name()).isEqualTo(name);
            }
        }
    }

    private void index(String json) throws IOException {
        Files.writeString(directory.resolve(INDEX), json.replace('\'', '"'));
    }

    private static Tensor tensor(String name, float value) {
        return Tensor.ofFloats(name, new float[] {value}, 1);
    }
}
