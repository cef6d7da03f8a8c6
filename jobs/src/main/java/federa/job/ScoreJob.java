package federa.job;

import federa.pipeline.Scoring;
import federa.pipeline.Workspace;
import federa.store.Locations;
import federa.store.Round;
import federa.task.TextClassification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Predicts for any table with a trained run. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description =
                "Adds the predictions of a run's model to a table: labels, entities or answers, by its task.",
        footer = {
            "",
            "A null text gives nulls. The output must not exist.",
            "Example: federa score --run-id quickstart --input texts.csv --format csv --text-column text --output scored"
        })
public final class ScoreJob implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ScoreJob.class);

    /** How long the tasks of a failed job may take to end before what they wrote is removed. */
    private static final long PATIENCE_SECONDS = 60;

    /** How tables are read and written. */
    enum Format {
        CSV,
        JSON,
        PARQUET,
        DELTA;

        String spark() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Mixin
    private Options.Store store;

    @Mixin
    private Options.TrainedRun run;

    @Mixin
    private Options.CommittedRound round;

    @Option(names = "--input", paramLabel = "PATH", required = true, description = "The table to score.")
    private String input;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "parquet",
            description = "Of the input: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); a CSV has a header.")
    private Format format;

    @Option(
            names = "--text-column",
            paramLabel = "NAME",
            defaultValue = "text",
            description = "The column with the text, or the context of the question (default: ${DEFAULT-VALUE}).")
    private String textColumn;

    @Option(
            names = "--question-column",
            paramLabel = "NAME",
            defaultValue = "question",
            description = "The column with the question, for a run of the task qa (default: ${DEFAULT-VALUE}).")
    private String questionColumn;

    @Option(names = "--output", paramLabel = "PATH", required = true, description = "Where the result goes.")
    private String output;

    @Option(
            names = "--output-format",
            paramLabel = "FORMAT",
            defaultValue = "parquet",
            description = "Of the result: JSON, PARQUET or DELTA (default: ${DEFAULT-VALUE}).")
    private Format outputFormat;

    @Mixin
    private Options.Result result;

    public static void main(String[] args) {
        Launch.main(new ScoreJob(), args);
    }

    @Override
    public Integer call() {
        String runId = run.id();
        if (outputFormat == Format.CSV) {
            throw new IllegalArgumentException("--output-format csv cannot hold lists; use json");
        }
        return store.withExisting("score " + runId, 1, workspace -> {
            long start = System.nanoTime();
            requireNew(workspace);
            Scoring scoring = new Scoring(workspace, runId);
            Round.Summary at = round.of(scoring);
            LOG.info("run {} scores {} with the model of round {}", runId, input, at.number());
            Dataset<Row> scored =
                    scoring.score(at, read(workspace), Map.of("text", textColumn, "question", questionColumn));
            write(workspace, scored);
            long rows = workspace
                    .spark()
                    .read()
                    .format(outputFormat.spark())
                    .load(output)
                    .count();
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("run_id", runId);
            json.put("rounds", at.number());
            json.put("metric", "rows");
            json.put("value", rows);
            json.put("seconds", (System.nanoTime() - start) / 1e9);
            System.out.printf("%,d rows scored into %s%n", rows, output);
            if (scoring.experiment().task() instanceof TextClassification) {
                System.out.printf("Each probability is of %s, in this order%n", String.join(", ", scoring.labels()));
            }
            result.write(json);
            return 0;
        });
    }

    private Dataset<Row> read(Workspace workspace) {
        DataFrameReader reader = workspace.spark().read().format(format.spark());
        if (format == Format.CSV) {
            reader.option("header", "true").option("multiLine", "true").option("escape", "\"");
        }
        try {
            return reader.load(input);
        } catch (Exception e) { // Scala declares nothing, and its exceptions may be checked ones
            throw new IllegalArgumentException(
                    "--input %s cannot be read as %s (%s); check the path and --format"
                            .formatted(input, format.spark(), firstLine(e)),
                    e);
        }
    }

    private void requireNew(Workspace workspace) {
        Path path = Locations.path("--output", output);
        try {
            if (fileSystem(workspace, path).exists(path)) {
                throw new IllegalArgumentException(
                        "--output %s exists already; remove it or name another".formatted(output));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot reach --output " + output, e);
        }
    }

    /** Writes the whole result, or leaves nothing at the output. */
    private void write(Workspace workspace, Dataset<Row> scored) {
        boolean whole = false;
        try (RunningTasks running = new RunningTasks(workspace.spark().sparkContext())) {
            try {
                scored.write()
                        .format(outputFormat.spark())
                        .mode(SaveMode.ErrorIfExists)
                        .save(output);
                whole = true;
            } finally {
                if (!whole) {
                    discard(workspace, running);
                }
            }
        }
    }

    private void discard(Workspace workspace, RunningTasks running) {
        Path path = new Path(output);
        try {
            running.await(PATIENCE_SECONDS);
            fileSystem(workspace, path).delete(path, true);
        } catch (IOException | TimeoutException e) {
            LOG.warn("cannot remove the unfinished --output {}: {}", output, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static FileSystem fileSystem(Workspace workspace, Path path) throws IOException {
        return Locations.fileSystem(
                "--output", path, workspace.spark().sparkContext().hadoopConfiguration());
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
