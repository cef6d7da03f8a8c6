package federa.udf;

import static federa.udf.ClientParquet.HADOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.encoder.ModelRef;
import federa.engine.DeviceChoice;
import federa.engine.Precision;
import federa.fixture.TinyModel;
import federa.peft.BitFit;
import federa.random.HeldOut;
import federa.task.Fields;
import federa.task.Reader;
import federa.task.TextClassification;
import federa.tensor.TensorMap;
import federa.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientExamplesTest {

    private static final List<String> LABELS = List.of("one", "two");

    @TempDir
    Path directory;

    private Path file;
    private Reader reader;

    @BeforeEach
    void write() throws IOException {
        Path model = TinyModel.write(directory.resolve("model"), 1);
        reader = new Reader(Tokenizer.load(model), LABELS, 16);
        file = directory.resolve("client_id=7/part-0.parquet");
        write("a text");
    }

    @Test
    void examplesAreKeptWhileTheFilesStayAsTheyAre() {
        ClientExamples first = read("a");

        assertThat(first.examples()).hasSize(1);
        assertThat(first.numRows()).isOne();
        assertThat(read("a")).isSameAs(first);
        assertThat(read("another model")).isNotSameAs(first);
    }

    @Test
    void changedFilesAreReadAnew() throws IOException {
        ClientExamples first = read("a");

        write("another text, which is longer");

        assertThat(read("a").examples().get(0).length())
                .isGreaterThan(first.examples().get(0).length());
    }

    @Test
    void whatIsKeptDoesNotHideThatFilesAreCutOrGone() throws IOException {
        read("a");

        Files.write(file, new byte[20]);
        assertThatThrownBy(() -> read("a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot read the client file ");

        Files.delete(file);
        assertThatThrownBy(() -> read("a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("client 7 has no files in ");
    }

    @Test
    void whatIsHeldOutIsNotTrainedOnUnlessItWouldBeAll() throws IOException {
        List<ClientParquet.Example> rows = IntStream.range(0, 40)
                .mapToObj(i -> new ClientParquet.Example("%02d".formatted(i), "text " + i, "one"))
                .toList();
        ClientParquet.write(directory.toString(), 7, "part-0.parquet", rows);
        HeldOut third = new HeldOut(0.3, 5);
        List<Fields> all = ClientFiles.read(directory.toString(), 7, HADOOP);
        List<String> held =
                HeldOutRows.of(all, third).stream().map(row -> row.text("id")).toList();
        List<String> left = HeldOutRows.without(all, third).stream()
                .map(row -> row.text("id"))
                .toList();

        assertThat(held).hasSizeBetween(4, 20).doesNotContainAnyElementsOf(left);
        assertThat(held.size() + left.size()).isEqualTo(40);
        assertThat(read("a", third).numRows()).isEqualTo(left.size());
        assertThat(read("a").numRows()).isEqualTo(40);
        List<Fields> one =
                all.stream().filter(row -> third.has(row.text("text"))).limit(1).toList();
        assertThat(HeldOutRows.of(one, third)).isEmpty();
        assertThat(HeldOutRows.without(one, third)).isEqualTo(one);
    }

    private ClientExamples read(String model) {
        return read(model, new HeldOut(0, 1));
    }

    private ClientExamples read(String model, HeldOut validation) {
        RunContext run = new RunContext(
                "run",
                new ModelRef(model, "file:" + directory, model),
                new TextClassification(),
                new BitFit(),
                TensorMap.empty(),
                LABELS,
                16,
                new Placement(true, 0, false, 1, DeviceChoice.CPU),
                Precision.FP32,
                1);
        return ClientExamples.of(run, directory.toString(), 7, validation, reader, HADOOP);
    }

    private void write(String text) throws IOException {
        ClientParquet.write(
                directory.toString(), 7, "part-0.parquet", List.of(new ClientParquet.Example("1", text, "one")));
    }
}
