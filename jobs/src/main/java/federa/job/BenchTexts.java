package federa.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import federa.config.Experiment;
import federa.pipeline.Datasets;
import federa.task.Example;
import federa.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Encoders;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Real texts for a benchmark: some of an experiment's training data, in the lengths that a tokenizer gives them. */
final class BenchTexts {

    @Mixin
    private Options.Conf conf;

    @Option(
            names = "--tokenizer",
            paramLabel = "DIR",
            description = "A model's directory, whose tokenizer cuts the texts (default: the experiment's model).")
    private Path tokenizer;

    @Option(names = "--examples", defaultValue = "2000", description = "How many texts (default: ${DEFAULT-VALUE}).")
    private int examples;

    @Option(
            names = "--length",
            defaultValue = "256",
            description = "Longest text in tokens, longer ones are cut (default: ${DEFAULT-VALUE}).")
    int length;

    @Option(
            names = "--lengths",
            paramLabel = "FILE",
            description =
                    "Where to write the texts' lengths in tokens too, one a line: docs/reference/score.py reads them.")
    private Path lengths;

    /** The first texts by the hashes of their ids, all of class 0. */
    List<Example> read() {
        Experiment experiment = conf.read().bind();
        List<String> texts = TemporaryWarehouse.with(1, workspace -> new Datasets(workspace)
                .prepare(experiment.data())
                .split("train")
                .orderBy(xxhash64(col("id")), col("id"))
                .limit(examples)
                .select("text")
                .as(Encoders.STRING())
                .collectAsList());
        Path directory = tokenizer == null ? Path.of(experiment.model().source()) : tokenizer;
        try (Tokenizer loaded = Tokenizer.load(directory)) {
            List<int[]> encoded = loaded.encode(texts, length);
            if (lengths != null) {
                Files.write(
                        lengths,
                        encoded.stream()
                                .map(ids -> Integer.toString(ids.length))
                                .toList());
            }
            return encoded.stream().map(ids -> new Example(ids, 0)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write --lengths " + lengths, e);
        }
    }

    /** What the JSON line says of the texts. */
    static void describe(List<Example> examples, Map<String, Object> json) {
        json.put("examples", examples.size());
        json.put(
                "mean_tokens",
                examples.stream().mapToInt(Example::length).average().orElse(0));
    }
}
