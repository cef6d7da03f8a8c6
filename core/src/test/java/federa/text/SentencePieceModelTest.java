package federa.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceModelTest {

    private static final byte[] NONE = {};

    @TempDir
    private Path directory;

    private Path file;
    private byte[] whole;

    @BeforeEach
    void read() throws IOException {
        file = directory.resolve("spm.model");
        try (InputStream in = SentencePieceModelTest.class.getResourceAsStream("/tokenizer/spm-tiny/spm.model")) {
            whole = in.readAllBytes();
        }
    }

    @Test
    void piecesScoresKindsAndTheCharacterMapAreRead() throws IOException {
        Files.write(file, whole);
        SentencePieceModel model = SentencePieceModel.read(file);
        assertThat(model.pieces()).hasSize(1200);
        assertThat(model.pieces().get(1))
                .isEqualTo(new SentencePieceModel.Piece("[CLS]", 0, SentencePieceModel.Kind.CONTROL));
        assertThat(model.pieces().get(4).kind()).isEqualTo(SentencePieceModel.Kind.BYTE);
        assertThat(model.unknownId()).isEqualTo(3);
        assertThat(model.characterMap().length).isGreaterThan(200_000);
        assertThat(model.id("[SEP]")).isEqualTo(2);
    }

    @Test
    void aTruncatedModelIsRefusedWhereverItEnds() throws IOException {
        for (int length = 0; length < whole.length; length += 1 + length / 10) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused("truncated or damaged");
        }
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertRefused("truncated or damaged");
    }

    /** The native library would follow a damaged trie out of its memory and take the process with it. */
    @Test
    void aDamagedModelIsRefusedOrHarmless() throws IOException {
        Random random = new Random(8);
        int refused = 0;
        for (int i = 0; i < 30; i++) {
            byte[] damaged = whole.clone();
            for (int k = 0; k < 20; k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Files.write(file, damaged);
            try (Tokenizer tokenizer = Tokenizer.load(directory)) {
                tokenizer.pieces("The ﬁne caf\u00e9 \uD83D\uDE00 \u4f60\u597d \uff21 \u00bd 42");
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining(file.toString());
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(15);
    }

    @Test
    void whatMakesNoModelIsNamed() throws IOException {
        byte[] piece = message(1, text("[CLS]"));
        byte[] trainer = message(2, number(3, 1));
        byte[] normalizer = message(3, NONE);

        write(piece, trainer);
        assertRefused("how it normalises");
        write(piece, message(2, number(3, 2)), normalizer);
        assertRefused("its model type is 2");
        write(piece, message(2, number(40, 1)), normalizer);
        assertRefused("the unknown piece is 1 of 1");
        write(piece, piece, trainer, normalizer);
        assertRefused("the piece '[CLS]' twice");
        write(message(1, NONE), trainer, normalizer);
        assertRefused("the piece ''");
        write(message(1, text("a"), real(2, Float.NaN)), trainer, normalizer);
        assertRefused("the score NaN");
        write(message(1, text("a"), number(3, 7)), trainer, normalizer);
        assertRefused("7 is no kind of piece");
        write(message(1, field(1, new byte[] {(byte) 0xff})), trainer, normalizer);
        assertRefused("not text in UTF-8");
        write(message(1, number(1, 5)), trainer, normalizer);
        assertRefused("field 1 is of kind 0, not 2");
        write(new byte[] {0b0000_1011});
        assertRefused("field 1 is of kind 3, not 2");
        write(new byte[] {0});
        assertRefused("0 is no field number");
        write("<html>not found</html>".getBytes(StandardCharsets.UTF_8));
        assertRefused("fetch it again");
        write(piece, trainer, normalizer);
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file + ": has no piece '[SEP]', so it is not DeBERTaV3's");
    }

    @Test
    void aCharacterMapThatLeadsOutsideIsRefused() {
        CharacterMap.requireSound(NONE);
        CharacterMap.requireSound(map(new int[256], "x\0"));
        int[] outside = new int[256];
        outside[0] = 256 << 10;
        assertUnsound(map(outside, ""), "leads outside");
        int[] leaf = new int[256];
        leaf['a'] = 'a' | 0x100 | 2 << 10; // its leaf is at 'a' ^ 2
        leaf['a' ^ 2] = 0x8000_0000;
        CharacterMap.requireSound(map(leaf, "\u00e9\0"));
        leaf['a' ^ 2] = 0x8000_0001;
        assertUnsound(map(leaf, "\u00e9\0"), "ends at no replacement");
        leaf['a' ^ 2] = 0x8000_0009;
        assertUnsound(map(leaf, "\u00e9\0"), "ends at no replacement");
        assertUnsound(new byte[3], "of 3 bytes");
        assertUnsound(Arrays.copyOf(map(new int[256], ""), 1000), "has a trie of 1024");
        byte[] notText = map(new int[256], "x");
        notText[notText.length - 1] = (byte) 0xff;
        assertUnsound(notText, "not UTF-8");
    }

    private static void assertUnsound(byte[] map, String message) {
        assertThatThrownBy(() -> CharacterMap.requireSound(map))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> SentencePieceModel.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    private void write(byte[]... parts) throws IOException {
        Files.write(file, concat(parts));
    }

    private static byte[] map(int[] units, String replacements) {
        byte[] text = replacements.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(4 + 4 * units.length + text.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(4 * units.length);
        for (int unit : units) {
            bytes.putInt(unit);
        }
        return bytes.put(text).array();
    }

    private static byte[] text(String text) {
        return field(1, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] message(int number, byte[]... fields) {
        return field(number, concat(fields));
    }

    private static byte[] field(int number, byte[] content) {
        return concat(new byte[] {(byte) (number << 3 | 2), (byte) content.length}, content);
    }

    private static byte[] number(int number, int value) {
        int tag = number << 3;
        byte[] start = tag < 128 ? new byte[] {(byte) tag} : new byte[] {(byte) (tag | 128), (byte) (tag >> 7)};
        return concat(start, new byte[] {(byte) value});
    }

    private static byte[] real(int number, float value) {
        byte[] bytes = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .array();
        return concat(new byte[] {(byte) (number << 3 | 5)}, bytes);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
