package federa.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    @TempDir
    Path directory;

    @Test
    void writtenTensorsAreReadBack() {
        Path file = directory.resolve("model.safetensors");
        List<Tensor> tensors = List.of(
                Tensor.ofFloats("b", new float[] {1, Float.NaN, -0f, Float.MIN_VALUE}, 2, 2),
                Tensor.ofLongs("a \"quoted\" <name> \u00e9", new long[] {Long.MIN_VALUE, 7}, 2),
                new Tensor("half", ElementType.F16, new long[] {1}, ByteBuffer.wrap(new byte[] {0, 0x3c})),
                Tensor.ofFloats("scalar", new float[] {3}),
                Tensor.ofFloats("empty", new float[0], 0, 4));
        Safetensors.write(file, tensors, Map.of("round", "3"));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.names()).hasSize(5);
            for (Tensor tensor : tensors) {
                Tensor read = checkpoint.tensor(tensor.name());
                assertThat(read.type()).isEqualTo(tensor.type());
                assertThat(read.shape()).isEqualTo(tensor.shape());
                assertThat(read.bytes()).isEqualTo(tensor.bytes());
            }
            assertThat(((Safetensors) checkpoint).metadata()).isEqualTo(Map.of("format", "pt", "round", "3"));
        }
    }

    @Test
    void rewrittenReferenceFileHasTheSameTensors() {
        Path copy = directory.resolve("copy.safetensors");
        try (Checkpoint original = Checkpoint.open(Golden.LEGACY)) {
            Safetensors.write(
                    copy, original.names().stream().map(original::tensor).toList());
            try (Checkpoint read = Checkpoint.open(copy)) {
                assertThat(read.names()).isEqualTo(original.names());
                for (String name : original.names()) {
                    assertThat(read.tensor(name).bytes())
                            .isEqualTo(original.tensor(name).bytes());
                }
            }
        }
    }

    @Test
    void headerIsSortedAlignedAndIndependentOfTheOrderGiven() throws IOException {
        List<Tensor> tensors = new ArrayList<>(List.of(
                Tensor.ofFloats("z", new float[] {1}, 1),
                Tensor.ofLongs("m", new long[] {2}, 1),
                Tensor.ofFloats("a", new float[] {3}, 1)));
        Path one = directory.resolve("one");
        Safetensors.write(one, tensors);
        Collections.reverse(tensors);
        Path two = directory.resolve("two");
        Safetensors.write(two, tensors);
        assertThat(two).hasSameBinaryContentAs(one);
        byte[] bytes = Files.readAllBytes(one);
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertThat(header % 8).isZero();
        assertThat(new String(bytes, 8, (int) header, StandardCharsets.UTF_8).strip())
                .isEqualTo("{\"__metadata__\":{\"format\":\"pt\"},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
                        + "\"m\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                        + "\"z\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}}");
    }

    @Test
    void failedWriteLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = directory.resolve("model.safetensors");
        Safetensors.write(file, List.of(Tensor.ofFloats("a", new float[] {1}, 1)));
        Tensor tensor = Tensor.ofFloats("b", new float[] {1}, 1);
        assertThatThrownBy(() -> Safetensors.write(file, List.of(tensor, tensor)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'b'");
        assertThatThrownBy(() -> Safetensors.write(directory.resolve("no/such/directory"), List.of(tensor)))
                .isInstanceOf(CheckpointException.class);
        Path occupied =
                Files.createDirectories(directory.resolve("occupied/inside")).getParent();
        assertThatThrownBy(() -> Safetensors.write(occupied, List.of(tensor))).isInstanceOf(CheckpointException.class);
        try (Stream<Path> left = Files.list(directory);
                Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(left).containsExactlyInAnyOrder(file, occupied);
            assertThat(checkpoint.names()).containsExactly("a");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "8 | {'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | does not fit its data_offsets",
                "8 | {'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | does not fit its data_offsets",
                "8 | {'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,8]}} | does not fit",
                "8 | {'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | does not fit its data_offsets",
                "8 | {'a':{'dtype':'F8_E4M3','shape':[-8],'data_offsets':[0,8]}} | does not fit its data_offsets",
                "8 | {'__metadata__':[],'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | header is not what",
                "8 | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,9]}} | lacks dtype",
                "8 | {'a':{'dtype':'F32','data_offsets':[0,8]}} | lacks dtype",
                "8 | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[0],'data_offsets':[8,8]}} | twice",
                "8 | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | overlaps",
                "12 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}} | leaves a gap",
                "4 | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | needs 8 bytes",
                "9 | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 1 bytes follow the last tensor",
                "8 | {'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}} | header is not what safetensors asks for",
                "8 | {'a':7} | header is not what safetensors asks for",
                "8 | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]} | header is not what safetensors asks for",
                "8 | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}x | header is not what safetensors asks for",
            })
    void wrongHeadersAreRefused(int dataBytes, String header, String reason) throws IOException {
        Path path = file(dataBytes, header);
        assertThatThrownBy(() -> Checkpoint.open(path))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'a':{'x':", "'__metadata__':", "'a':{'shape':", "'a':{'dtype':", ""})
    void aHeaderOfNothingButBracketsIsRefusedWithoutTakingMemory(String before) throws IOException {
        Path path = file(0, "{" + before + "[".repeat(20_000_000));
        assertThatThrownBy(() -> Checkpoint.open(path))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("header is not what safetensors asks for");
    }

    @Test
    void aTensorHasNoMoreAxesThanPyTorchAllows() throws IOException {
        String shape = "1,".repeat(1_000_000) + "2";
        Path path = file(8, "{'a':{'dtype':'F32','shape':[" + shape + "],'data_offsets':[0,8]}}");
        assertThatThrownBy(() -> Checkpoint.open(path)).hasMessageContaining("more than 64 axes");
    }

    @Test
    void metadataMayBeNullAndATypeThatNobodyReadsMayBeThere() throws IOException {
        Path path = file(
                10,
                "{'__metadata__':null,'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
                        + "'scale':{'dtype':'F8_E4M3','shape':[2],'data_offsets':[8,10],'new':{'x':[1]}}}");
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThat(checkpoint.tensor("a").elements()).isEqualTo(2);
            assertThatThrownBy(() -> checkpoint.tensor("scale"))
                    .hasMessageContaining("'scale' has element type 'F8_E4M3', which is not supported");
        }
    }

    private Path file(int dataBytes, String header) throws IOException {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        byte[] file = ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
        return Files.write(directory.resolve("made.safetensors"), file);
    }
}
