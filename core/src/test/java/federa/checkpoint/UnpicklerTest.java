package federa.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnpicklerTest {
    private static final int[] NO_AXES = {};

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"os, system", "posix, system", "builtins, eval", "torch, load", "torch.cuda, init"})
    void pickleThatCallsAFunctionIsRefusedAndNamed(String module, String name) {
        byte[] pickle = new PickleWriter()
                .global(module, name)
                .text("touch " + directory.resolve("owned"))
                .op(0x85)
                .ops("R.")
                .toBytes();
        Path file = PickleWriter.zip(directory.resolve("pytorch_model.bin"), pickle, Map.of());
        assertThatThrownBy(() -> Checkpoint.open(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("pytorch_model.bin: refused: its pickle asks for '" + module + "." + name + "'");
        assertThat(directory.resolve("owned")).doesNotExist();
    }

    @Test
    void barePicklesThatCallAFunctionAreRefusedAndNamed() throws IOException {
        for (String pickle : new String[] {
            "cos\nsystem\n(S'id'\ntR.", // protocol 0
            "(S'id'\nios\nsystem\n.", // INST of protocol 0, behind an operation that is refused by itself
            "\u0080\u0002(ios\nsystem\n.", // INST
            "\u0080\u0004\u008c\u0002os\u008c\u0006system\u0093\u008c\u0002id\u0085R." // STACK_GLOBAL
        }) {
            Path file = Files.write(directory.resolve("bare.bin"), pickle.getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> Checkpoint.open(file))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageMatching(pickle.startsWith("(") ? ".*no weight file.*" : ".*refused.*'os.system'.*");
        }
    }

    @Test
    void viewsOfAStorageAreReadInRowMajorOrder() {
        byte[] pickle = new PickleWriter()
                .stateDict()
                .text("matrix")
                .tensor("FloatStorage", "0", 7, 1, new int[] {2, 3}, new int[] {3, 1})
                .text("transposed")
                .tensor("FloatStorage", "0", 7, 1, new int[] {3, 2}, new int[] {1, 3})
                .text("column")
                .tensor("FloatStorage", "0", 7, 2, new int[] {2, 1}, new int[] {3, 77})
                .text("scalar")
                .tensor("FloatStorage", "0", 7, 6, NO_AXES, NO_AXES)
                .text("empty")
                .tensor("FloatStorage", "0", 7, 0, new int[] {0, 5}, new int[] {5, 1})
                .text("note")
                .number(3)
                .end();
        Path file = PickleWriter.zip(
                directory.resolve("views.bin"), pickle, Map.of("0", PickleWriter.floats(0, 1, 2, 3, 4, 5, 6)));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.names()).containsExactly("column", "empty", "matrix", "scalar", "transposed");
            assertThat(checkpoint.tensor("matrix").toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(checkpoint.tensor("transposed").toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
            assertThat(checkpoint.tensor("column").toFloats()).containsExactly(2, 5);
            assertThat(checkpoint.tensor("scalar").toFloats()).containsExactly(6);
            assertThat(checkpoint.tensor("empty").shape()).containsExactly(0, 5);
        }
    }

    @Test
    void halfPrecisionStoragesAreWidened() {
        byte[] pickle = new PickleWriter()
                .stateDict()
                .text("half")
                .tensor("HalfStorage", "0", 2, 0, new int[] {2}, new int[] {1})
                .text("brain")
                .tensor("BFloat16Storage", "1", 1, 0, new int[] {1}, new int[] {1})
                .end();
        byte[] half = {0x00, 0x3c, 0x00, (byte) 0xc0};
        byte[] brain = {(byte) 0xc0, 0x3f};
        Path file = PickleWriter.zip(directory.resolve("half.bin"), pickle, Map.of("0", half, "1", brain));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.tensor("half").toFloats()).containsExactly(1, -2);
            assertThat(checkpoint.tensor("brain").toFloats()).containsExactly(1.5f);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4, 0, 5, 1, larger than its storage",
        "4, 1, 4, 1, reaches outside its storage",
        "4, 0, 2, 4, reaches outside its storage",
        "4, -1, 2, 1, impossible shape",
        "4, 0, -2, 1, impossible shape",
        "4, 0, 2, -1, reaches outside its storage",
        "2147483647, 0, 2147483647, 0, no storage of its size",
        "5, 0, 4, 1, no storage of its size",
    })
    void tensorOutsideItsStorageIsRefused(int storage, int offset, int length, int stride, String reason) {
        byte[] pickle = new PickleWriter()
                .stateDict()
                .text("w")
                .tensor("FloatStorage", "0", storage, offset, new int[] {length}, new int[] {stride})
                .end();
        Path file =
                PickleWriter.zip(directory.resolve("bad.bin"), pickle, Map.of("0", PickleWriter.floats(1, 2, 3, 4)));
        assertThatThrownBy(() -> Checkpoint.open(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void hostilePicklesCostLittle() {
        // A tuple of tuples doubled sixty times as a key: its hash would take 2^60 steps.
        PickleWriter doubled = new PickleWriter().stateDict().text("w").op(0x85);
        for (int i = 0; i < 60; i++) {
            doubled.ops("2").op(0x86);
        }
        assertRefused(doubled.number(1).end(), "key that is neither text nor number");

        // A list that holds itself, and a deep nest.
        PickleWriter nested = new PickleWriter().stateDict().text("w").ops("]q\0h\0a");
        for (int i = 0; i < 100_000; i++) {
            nested.op(0x85);
        }
        assertRefused(nested.end(), "holds no tensors");

        assertRefused(new PickleWriter().ops("X").op(0xff, 0xff, 0xff, 0x7f).toBytes(), "pickle ends early");
        assertRefused(new PickleWriter().ops("(".repeat(1_100_000)).toBytes(), "more than 1000000 operations");
        assertRefused(new PickleWriter().ops("t.").toBytes(), "mark missing");
        assertRefused(new PickleWriter().ops("(0.").toBytes(), "value missing");
        assertRefused(new PickleWriter().ops("h\7.").toBytes(), "not stored");
    }

    private void assertRefused(byte[] pickle, String reason) {
        Path file = PickleWriter.zip(directory.resolve("hostile.bin"), pickle, Map.of());
        assertThatThrownBy(() -> Checkpoint.open(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(reason);
    }
}
