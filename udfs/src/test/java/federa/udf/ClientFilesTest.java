package federa.udf;

import static federa.udf.ClientParquet.HADOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientFilesTest {

    @TempDir
    Path directory;

    @Test
    void rowsOfAllFilesComeInTheOrderOfTheirIds() throws IOException {
        write(7, "part-0.parquet", "b", "d");
        write(7, "part-1.parquet", "c", "a");
        write(8, "part-0.parquet", "e");
        Files.writeString(directory.resolve("client_id=7/_SUCCESS"), "");

        assertThat(ClientFiles.read(directory.toString(), 7, HADOOP))
                .extracting(row -> row.text("id"))
                .containsExactly("a", "b", "c", "d");
        assertThat(ClientFiles.read(directory.toString(), 8, HADOOP))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.text("text")).isEqualTo("text of e");
                    assertThat(row.text("label")).isEqualTo("label of e");
                });
    }

    @Test
    void aClientWithoutFilesIsNamedWithItsDirectory() {
        assertThatThrownBy(() -> ClientFiles.read(directory.toString(), 3, HADOOP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("client 3 has no files in %s/client_id=3; run the partition job again", directory);
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        write(1, "part-0.parquet", "a");
        Path damaged = directory.resolve("client_id=1/part-1.parquet");
        Files.writeString(damaged, "this is no Parquet, though long enough to look like it");

        assertThatThrownBy(() -> ClientFiles.read(directory.toString(), 1, HADOOP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot read the client file")
                .hasMessageContaining(damaged.toString());
    }

    private void write(int client, String file, String... ids) throws IOException {
        List<ClientParquet.Example> examples = Stream.of(ids)
                .map(id -> new ClientParquet.Example(id, "text of " + id, "label of " + id))
                .toList();
        ClientParquet.write(directory.toString(), client, file, examples);
    }
}
