package federa.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipDirectoryTest {
    @TempDir
    Path directory;

    /** The golden archive as it would be if it were too large for 32-bit sizes. */
    @Test
    void zip64IsRead() throws IOException {
        ByteBuffer original = ByteBuffer.wrap(Files.readAllBytes(Golden.ZIP)).order(ByteOrder.LITTLE_ENDIAN);
        int end = original.limit() - 22;
        int entries = original.getShort(end + 10);
        int start = original.getInt(end + 16);
        ByteArrayOutputStream wide = new ByteArrayOutputStream();
        wide.write(original.array(), 0, start);
        int at = start;
        for (int i = 0; i < entries; i++) {
            int name = original.getShort(at + 28);
            assertThat(original.getShort(at + 30)).isZero();
            ByteBuffer entry = ByteBuffer.allocate(46 + name + 4 + 28).order(ByteOrder.LITTLE_ENDIAN);
            entry.put(0, original.array(), at, 46 + name);
            entry.putInt(20, -1).putInt(24, -1).putInt(42, -1).putShort(30, (short) 32);
            entry.position(46 + name);
            entry.putShort((short) 0x4246).putShort((short) 0); // another extra field, as PyTorch pads with
            entry.putShort((short) 1).putShort((short) 24);
            entry.putLong(original.getInt(at + 24)).putLong(original.getInt(at + 20));
            entry.putLong(original.getInt(at + 42));
            wide.writeBytes(entry.array());
            at += 46 + name;
        }
        long end64 = wide.size();
        ByteBuffer tail = ByteBuffer.allocate(56 + 20 + 22).order(ByteOrder.LITTLE_ENDIAN);
        tail.putInt(0, 0x06064b50).putLong(40, end64 - start).putLong(48, start);
        tail.putInt(56, 0x07064b50).putLong(56 + 8, end64);
        tail.putInt(76, 0x06054b50).putInt(76 + 12, -1).putInt(76 + 16, -1);
        wide.writeBytes(tail.array());
        Path file = Files.write(directory.resolve("pytorch_model.bin"), wide.toByteArray());
        try (Checkpoint expected = Checkpoint.open(Golden.ZIP);
                Checkpoint actual = Checkpoint.open(file)) {
            assertThat(actual.names()).isEqualTo(expected.names());
            for (String name : expected.names()) {
                assertThat(actual.tensor(name).toFloats())
                        .isEqualTo(expected.tensor(name).toFloats());
            }
        }
    }

    @Test
    void compressedEntriesAreRefused() throws IOException {
        Path file = directory.resolve("pytorch_model.bin");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(new byte[1000]);
        }
        assertThatThrownBy(() -> Checkpoint.open(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'archive/data.pkl' is compressed");
    }

    @Test
    void otherArchivesAreRefused() throws IOException {
        Path file = directory.resolve("pytorch_model.bin");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            ZipEntry entry = new ZipEntry("some/directory/");
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(0);
            entry.setCrc(0);
            zip.putNextEntry(entry);
        }
        assertThatThrownBy(() -> Checkpoint.open(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("zip archive without data.pkl");
    }
}
