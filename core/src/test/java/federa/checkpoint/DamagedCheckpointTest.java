package federa.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedCheckpointTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"SAFETENSORS", "ZIP", "LEGACY"})
    void everyTruncationIsRefused(String format) throws IOException {
        byte[] whole = Files.readAllBytes(golden(format));
        TreeSet<Integer> lengths = new TreeSet<>();
        for (int length = 0; length < 200; length++) {
            lengths.add(length);
            lengths.add(whole.length - 1 - length);
        }
        new Random(1).ints(400, 0, 10_000).forEach(lengths::add);
        new Random(2).ints(200, 0, whole.length).forEach(lengths::add);
        for (int length : lengths.descendingSet()) {
            // A new file each time: one that is mapped must not be cut short.
            Path file = Files.write(directory.resolve("cut" + length), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> open(file))
                    .as("%d bytes", length)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(file.toString())
                    .message()
                    .doesNotContain("\n");
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @CsvSource({"SAFETENSORS, 6400", "ZIP, 7000", "LEGACY, 9000"})
    void changedBytesAreReadOrRefused(String format, int tableEnd) throws IOException {
        Path file = directory.resolve("flipped");
        Files.copy(golden(format), file);
        Random random = new Random(3);
        int size = (int) Files.size(file);
        int refused = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (int i = 0; i < 1500; i++) {
                int flips = 1 + random.nextInt(4);
                int[] places = new int[flips];
                byte[] before = new byte[flips];
                for (int k = 0; k < flips; k++) {
                    places[k] = switch (random.nextInt(4)) {
                        case 0 -> size - 1 - random.nextInt(5000);
                        case 1 -> random.nextInt(size);
                        default -> random.nextInt(tableEnd);
                    };
                    ByteBuffer one = ByteBuffer.allocate(1);
                    channel.read(one, places[k]);
                    before[k] = one.get(0);
                    byte after = random.nextBoolean() ? (byte) random.nextInt(256) : (byte) (before[k] ^ 1 << k);
                    channel.write(one.put(0, after).rewind(), places[k]);
                }
                int iteration = i;
                refused += Assertions.assertTimeoutPreemptively(
                        Duration.ofSeconds(20), () -> openOrRefuse(file), () -> "iteration " + iteration);
                for (int k = flips - 1; k >= 0; k--) {
                    channel.write(ByteBuffer.wrap(before, k, 1), places[k]);
                }
            }
        }
        assertThat(refused).isBetween(100, 1499);
        assertThat(open(file)).isPositive();
    }

    @Test
    void missingFileIsNamed() {
        assertThatThrownBy(() -> Checkpoint.open(directory.resolve("nothing.bin")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("nothing.bin: no such file");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        assertThatThrownBy(() -> open(Files.writeString(directory.resolve("text"), "certainly no weights, just text")))
                .isInstanceOf(CheckpointException.class);
        assertThatThrownBy(() -> open(Files.writeString(
                        directory.resolve("pointer"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n")))
                .hasMessageContaining("Git LFS pointer");
        assertThatThrownBy(() -> open(Files.writeString(directory.resolve("page"), "<!DOCTYPE html><html></html>")))
                .hasMessageContaining("neither safetensors nor a PyTorch weight file");
    }

    private static int openOrRefuse(Path file) {
        try {
            open(file);
            return 0;
        } catch (CheckpointException e) {
            assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(1000);
            return 1;
        }
    }

    private static long open(Path file) {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return Golden.readAll(checkpoint);
        }
    }

    private static Path golden(String format) {
        return switch (format) {
            case "SAFETENSORS" -> Golden.SAFETENSORS;
            case "ZIP" -> Golden.ZIP;
            default -> Golden.LEGACY;
        };
    }
}
