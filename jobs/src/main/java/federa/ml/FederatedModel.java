package federa.ml;

import federa.pipeline.Scoring;
import federa.pipeline.Workspace;
import federa.store.Locations;
import federa.store.Round;
import federa.store.RunTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A trained run as a Spark ML {@code Transformer}: it adds the task's predictions to rows, or to a stream of rows, by the
 * run's best round on its validation examples, or its last one. Any run of the warehouse will do, those of the jobs too: set warehouse and runId.
 *
 * <p>A saved model is a warehouse of its own, with the base model, the run and nothing else.
 *
 * @param <M> the model itself
 */
public abstract class FederatedModel<M extends FederatedModel<M>> extends Model<M> implements HasRun<M>, MLWritable {

    private static final String SAVED = "/warehouse";

    private final String uid;
    private final ParamTable table;
    private transient Scoring scoring;
    private transient KeptWarehouse kept;

    FederatedModel(String uid) {
        this.uid = uid;
        table = new ParamTable(this);
        table.text("warehouse", "directory of tables and models");
        table.text("runId", "name of the run in the tables");
        table.text(
                "round",
                "the round whose model predicts: its number, best (by the clients' validation examples) or last;"
                        + " if not set, best if the run has such examples, otherwise last");
        declare(table);
    }

    /** Adds the params of the task. */
    abstract void declare(ParamTable params);

    /** The task's name in configuration. */
    abstract String task();

    /** The names in the table of the task's inputs and predictions. */
    abstract Map<String, Param<String>> columns();

    @Override
    public Param<?> param(String name) {
        return table.get(name);
    }

    /** The round whose model predicts: a number, {@code best} or {@code last}. */
    public Param<String> round() {
        return text("round");
    }

    public M setRound(String value) {
        return with(round(), value);
    }

    @Override
    public void onParamChange(Param<?> param) {
        scoring = null;
        if (param.name().equals(warehouse().name()) || param.name().equals(runId().name())) {
            kept = null;
        }
    }

    @Override
    public String uid() {
        return uid;
    }

    @Override
    public M copy(ParamMap extra) {
        M copy = defaultCopy(extra);
        copy.keep(kept);
        return copy.setParent(parent());
    }

    /** What the model was loaded from, to be saved once more even if it is removed there. */
    final void keep(KeptWarehouse warehouse) {
        kept = warehouse;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        transformSchema(dataset.schema(), true);
        Map<String, String> names = new TreeMap<>();
        columns().forEach((column, param) -> names.put(column, getOrDefault(param)));
        return scoring().score(chosen(), dataset.toDF(), names);
    }

    /** What the tables tell of the training. */
    public TrainingSummary summary() {
        scoring(); // refuses a run that is not there, or not of this task
        return new TrainingSummary(new RunTables(workspace().tables(), getOrDefault(runId())));
    }

    private Round.Summary chosen() {
        return scoring().choose("param round", isSet(round()) ? Optional.of(getOrDefault(round())) : Optional.empty());
    }

    /** The run, opened once. */
    final synchronized Scoring scoring() {
        if (scoring == null) {
            Scoring opened = new Scoring(workspace(), getOrDefault(runId()));
            opened.requireTask(task());
            scoring = opened;
        }
        return scoring;
    }

    private Workspace workspace() {
        return Workspace.existing(SparkSession.active(), "param warehouse", getOrDefault(warehouse()));
    }

    @Override
    public MLWriter write() {
        return new Writer();
    }

    private final class Writer extends MLWriter {

        /** What is at the path already stays until the new model is whole: it may be the one that is being saved. */
        @Override
        public void save(String path) throws IOException {
            Path given = Locations.path("path", path);
            FileSystem fs = Locations.fileSystem(
                    "path", given, sparkSession().sparkContext().hadoopConfiguration());
            Path place = fs.makeQualified(given);
            if (!shouldOverwrite() || !fs.exists(place)) {
                super.save(path);
                return;
            }
            Path staged = beside(place, "new");
            try {
                saveImpl(staged.toString());
                replace(fs, place, staged);
            } finally {
                fs.delete(staged, true);
            }
            Workspace.existing(sparkSession(), "path", place + SAVED).tables().forget();
        }

        /** The params last: without them nobody takes it for a model. */
        @Override
        public void saveImpl(String path) {
            try {
                if (kept != null && kept.isGone()) {
                    kept.copyTo(new Path(path + SAVED));
                } else {
                    scoring().copyTo(Workspace.of(sparkSession(), "path", path + SAVED), chosen());
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot save the model to " + path, e);
            }
            new DefaultParamsWriter(FederatedModel.this).saveImpl(path);
        }

        private void replace(FileSystem fs, Path place, Path staged) throws IOException {
            Path old = beside(place, "old");
            if (!fs.rename(place, old)) {
                throw new IOException("could not rename " + place);
            }
            if (!fs.rename(staged, place)) {
                fs.rename(old, place);
                throw new IOException("could not rename " + staged);
            }
            fs.delete(old, true);
        }

        private Path beside(Path place, String which) {
            return new Path(place.getParent(), "." + place.getName() + "." + which + "." + UUID.randomUUID());
        }
    }

    /** Reads what {@link #write} wrote, from wherever it is now. */
    static final class Reader<M extends FederatedModel<M>> extends DefaultParamsReader<M> {

        @Override
        public M load(String path) {
            M model = super.load(path);
            model.setWarehouse(path + SAVED);
            model.keep(KeptWarehouse.of(sparkSession(), path + SAVED));
            return model;
        }
    }
}
