package federa.job;

import federa.config.Check;
import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.config.ModelTypes;
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
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Options that jobs share. */
final class Options {

    private Options() {}

    /**
     * The text of a file.
     *
     * @param key option or key that names it, for the message
     * @throws InvalidInputException if it cannot be read
     */
    static String text(String key, Path file) {
        try (InputStream in =
                Locations.fileSystem(key, file, new Configuration()).open(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new InvalidInputException(
                    "cannot read %s %s: %s; name a file such as conf/experiments/quickstart.yaml"
                            .formatted(key, file, e.getMessage()),
                    e);
        }
    }

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

        /** The warehouse, if it is there already. */
        Optional<Workspace> ifThere(SparkSession spark) {
            Configuration hadoop = spark.sparkContext().hadoopConfiguration();
            return Warehouse.isThere(WAREHOUSE, warehouse, hadoop)
                    ? Optional.of(new Workspace(spark, Warehouse.openExisting(WAREHOUSE, warehouse, hadoop)))
                    : Optional.empty();
        }

        /** Of the models that the warehouse has, or that an experiment would import. */
        ModelTypes modelTypes() {
            Configuration hadoop = new Configuration();
            return (name, source) -> ModelType.of(warehouse, name, source, hadoop);
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
            return read().on(store.modelTypes());
        }

        /** As {@link #read(Store)}, without a warehouse. */
        ExperimentFile read() {
            Configuration hadoop = new Configuration();
            return ExperimentFile.parse(file, text("--conf", Locations.path("--conf", file)), System::getenv)
                    .with(assignments)
                    .on((name, source) -> ModelType.in(source, hadoop));
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
