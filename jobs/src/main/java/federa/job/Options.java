package federa.job;

import federa.config.Check;
import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.pipeline.Scoring;
import federa.pipeline.Workspace;
import federa.spi.InvalidInputException;
import federa.store.Locations;
import federa.store.ModelType;
import federa.store.Round;
import federa.store.Warehouse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Option;

/** Options that jobs share. */
final class Options {

    private Options() {}

    /** Where everything is kept. */
    static final class Store {

        static final String WAREHOUSE = "--warehouse";

        @Option(
                names = WAREHOUSE,
                paramLabel = "DIR",
                defaultValue = "warehouse",
                description = "Directory of tables, models, clients and reports: local, hdfs:// or s3a://"
                        + " (default: ${DEFAULT-VALUE}).")
        String warehouse;

        /** Opens a session and the warehouse for the work; a session that was there before stays open. */
        <T> T with(String job, int cpus, Function<Workspace, T> work) {
            return with(job, cpus, hadoop -> Warehouse.open(WAREHOUSE, warehouse, hadoop), work);
        }

        /** As {@link #with}, for jobs that need what others left in the warehouse: it must be there. */
        <T> T withExisting(String job, int cpus, Function<Workspace, T> work) {
            return with(job, cpus, hadoop -> Warehouse.openExisting(WAREHOUSE, warehouse, hadoop), work);
        }

        private <T> T with(String job, int cpus, Function<Configuration, Warehouse> open, Function<Workspace, T> work) {
            return Sessions.with(
                    job,
                    cpus,
                    spark -> work.apply(
                            new Workspace(spark, open.apply(spark.sparkContext().hadoopConfiguration()))));
        }
    }

    /** Which experiment. */
    static final class Conf {

        @Option(
                names = "--conf",
                paramLabel = "FILE",
                required = true,
                description = "Experiment file, such as conf/experiments/quickstart.yaml.")
        String file;

        @Option(
                names = "--set",
                paramLabel = "KEY=VALUE",
                description =
                        "Sets a key, such as method.rank=16, in place of the file or the default; may be repeated.")
        List<String> assignments = new ArrayList<>();

        /** The file with what is set here, and the defaults for the model that the warehouse has or the file names. */
        ExperimentFile read(Store store) {
            Configuration hadoop = new Configuration();
            return read().on((name, source) -> ModelType.of(store.warehouse, name, source, hadoop));
        }

        /** As {@link #read(Store)}, without a warehouse. */
        ExperimentFile read() {
            Path path = Locations.path("--conf", file);
            Configuration hadoop = new Configuration();
            try (InputStream in = Locations.fileSystem("--conf", path, hadoop).open(path)) {
                return ExperimentFile.parse(file, new String(in.readAllBytes(), StandardCharsets.UTF_8), System::getenv)
                        .with(assignments)
                        .on((name, source) -> ModelType.in(source, hadoop));
            } catch (IOException e) {
                throw new InvalidInputException(
                        "cannot read --conf %s: %s; name an experiment file such as conf/experiments/quickstart.yaml"
                                .formatted(file, e.getMessage()),
                        e);
            }
        }
    }

    /** Where the result goes. */
    static final class Result {

        @Option(
                names = "--result",
                paramLabel = "FILE",
                description =
                        "Also writes the last line of standard output, a JSON object, to this file: local, hdfs://"
                                + " or s3a://.")
        String file;

        /** Prints a result as the last line, one JSON object, for scripts, and writes it to the file if there is one. */
        void write(Map<String, Object> result) {
            String json = Launch.json(result);
            if (file != null) {
                Path path = Locations.path("--result", file);
                try {
                    FileSystem fs = Locations.fileSystem("--result", path, new Configuration());
                    Locations.write(fs, fs.makeQualified(path), json.getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    throw new InvalidInputException(
                            "cannot write --result %s: %s; name a file in a directory that you may write to"
                                    .formatted(file, e.getMessage()),
                            e);
                }
            }
            System.out.println(json);
        }
    }

    /** The run that an experiment makes or goes on with. */
    static final class Run {

        @Option(
                names = "--run-id",
                paramLabel = "ID",
                description = "Name of the run in the tables; the same name goes on with the same run"
                        + " (default: the experiment's name).")
        String runId;

        String orNameOf(Experiment experiment) {
            if (runId != null) {
                Check.name("--run-id", runId);
            }
            return runId == null ? experiment.name() : runId;
        }
    }

    /** A run that is there. */
    static final class TrainedRun {

        @Option(names = "--run-id", paramLabel = "ID", required = true, description = "The run.")
        private String runId;

        String id() {
            Check.name("--run-id", runId);
            return runId;
        }
    }

    /** A round of such a run. */
    static final class CommittedRound {

        @Option(
                names = "--round",
                paramLabel = "N",
                description = "A committed round by its number, best (by the validation examples) or last"
                        + " (default: best if the run has validation examples, otherwise last).")
        private Optional<String> round;

        /** The round, chosen with a sentence in the log. */
        Round.Summary of(Scoring scoring) {
            return scoring.choose("--round", round);
        }
    }
}
