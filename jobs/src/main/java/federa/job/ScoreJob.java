package federa.job;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import federa.pipeline.Scoring;
import federa.pipeline.Workspace;
import federa.prepare.InputTable;
import federa.prepare.Printable;
import federa.spi.InvalidInputException;
import federa.store.Locations;
import federa.store.Round;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
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
        description = "Adds the predictions of a run's model to a table: labels, entities or answers, by its task.",
        footer = {
            "",
            "A null text gives nulls. The output must not exist.",
            "Example: federa score --run-id quickstart --input texts.csv --format csv --text-column text --output scored"
        })
public final class ScoreJob implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ScoreJob.class);

    /** How long the tasks of a failed job may take to end before what they wrote is removed. */
    private static final long PATIENCE_SECONDS = 60;

    /** How the result is written. */
    enum OutputFormat {
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
            description =
                    "Of the input: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); CSV and TSV have a header,"
                            + " JSON has one object a line. They are read as prepare reads them, also as .gz and .bz2.")
    private InputTable.Format format;

    @Option(
            names = "--max-bad-share",
            paramLabel = "SHARE",
            description = "The part of malformed records, from 0 to 1, that is left out; more are refused"
                    + " (default: the run's data.max-bad-share).")
    private Double maxBadShare;

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
            description =
                    "Of the result: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); no CSV, which cannot hold"
                            + " lists.")
    private OutputFormat outputFormat;

    @Mixin
    private Options.Result result;

    public static void main(String[] args) {
        Launch.main(new ScoreJob(), args);
    }

    @Override
    public Integer call() {
        String runId = run.id();
        return store.withExisting("score " + runId, 1, workspace -> {
            long start = System.nanoTime();
            requireNew(workspace);
            Scoring scoring = new Scoring(workspace, runId);
            Round.Summary at = round.of(scoring);
            LOG.info("run {} scores {} with the model of round {}", runId, input, at.number());
            Map<String, String> names = Map.of("text", textColumn, "question", questionColumn);
            Dataset<Row> scored = scoring.score(at, read(workspace, scoring, names), names);
            Observation written = new Observation();
            write(workspace, scored.observe(written, count(lit(1)).as("rows")));
            long rows = rows(written);
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("run_id", runId);
            json.put("rounds", at.number());
            json.put("metric", "rows");
            json.put("value", rows);
            json.put("seconds", (System.nanoTime() - start) / 1e9);
            System.out.printf("%,d rows scored into %s%n", rows, output);
            List<String> labels = scoring.experiment().task().probabilitiesOf(scoring.labels());
            if (!labels.isEmpty()) {
                System.out.printf(
                        "Each probability is of %s, in this order%n", Printable.of(String.join(", ", labels)));
            }
            result.write(json);
            return 0;
        });
    }

    private Dataset<Row> read(Workspace workspace, Scoring scoring, Map<String, String> names) {
        Set<String> texts = scoring.task().inputs().stream()
                .map(input -> names.getOrDefault(input, input))
                .collect(Collectors.toSet());
        double share = maxBadShare == null ? scoring.experiment().data().maxBadShare() : maxBadShare;
        return new InputTable(workspace.spark(), input, texts, share).read(format);
    }

    private static long rows(Observation written) {
        try {
            return (Long) written.getAsJava().get("rows");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while counting the scored rows", e);
        }
    }

    private void requireNew(Workspace workspace) {
        Path path = Locations.path("--output", output);
        try {
            if (fileSystem(workspace, path).exists(path)) {
                throw new InvalidInputException(
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
}
