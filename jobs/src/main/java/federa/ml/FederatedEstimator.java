package federa.ml;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import federa.config.Check;
import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.encoder.ModelRef;
import federa.pipeline.ColumnNames;
import federa.pipeline.Datasets;
import federa.pipeline.Models;
import federa.pipeline.Training;
import federa.pipeline.Workspace;
import federa.prepare.Given;
import federa.spi.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * Federated training as Spark ML's {@code fit}: the rows are stored, divided among clients and trained on in rounds, exactly
 * as the jobs do it, and everything that the jobs keep is in the warehouse.
 *
 * <p>A fit that was cut off goes on after its last committed round when it is called again with the same rows and params;
 * one that was finished trains nothing. Each task takes {@code spark.task.cpus} native threads.
 *
 * @param <E> the estimator itself
 * @param <M> its model
 */
public abstract class FederatedEstimator<E, M extends FederatedModel<M>> extends Estimator<M>
        implements RunParams<E>,
                DataParams<E>,
                ClientParams<E>,
                MethodParams<E>,
                TrainingParams<E>,
                RoundParams<E>,
                MLWritable {

    /** A fit uses all executors, and so the fits of a process go one after the other. */
    private static final Object FITS = new Object();

    private final String uid;
    private final ParamTable table;

    FederatedEstimator(String uid) {
        this.uid = uid;
        table = new ParamTable(this);
        table.text("baseModel", "a Hugging Face directory, or the name of a model that the warehouse has");
        table.text(
                "warehouse",
                "directory of tables and models; by default " + Workspace.WAREHOUSE
                        + ", or else federa below spark.sql.warehouse.dir");
        table.text("runId", "name of the run in the tables; by default made from everything that the run depends on");
        table.text("clientCol", "a column whose values are the clients; the partitioner decides if not set");
        table.text("idCol", "a column of unique ids; derived from the content if not set");
        table.text("validationIndicatorCol", "a column of booleans: true for rows to evaluate on, none if not set");
        for (Setting setting : Setting.values()) {
            setting.declare(this, table, task());
        }
        table.add(
                new StringArrayParam(
                        this, "settings", "further keys of an experiment file, such as method.scaling=rank-stabilized"),
                new String[0]);
        declare(table);
    }

    /** Adds the params of the task. */
    abstract void declare(ParamTable params);

    /** The task's name in configuration. */
    abstract String task();

    /** What the rows of this schema are. */
    abstract Given given(StructType schema);

    /** What the task learns from: the columns of the kind but for id, split and key. */
    abstract Map<String, Column> examples(Given given);

    /** A model without a run. */
    abstract M model(String uid);

    @Override
    public Param<?> param(String name) {
        return table.get(name);
    }

    @Override
    public String uid() {
        return uid;
    }

    /** As Spark explains it, but lists of texts with what they hold. */
    @Override
    public String explainParam(Param<?> param) {
        String explained = super.explainParam(param);
        for (Option<?> value : List.of(getDefault(param), get(param))) {
            if (value.isDefined() && value.get() instanceof String[] texts) {
                explained = explained.replace(String.valueOf(value.get()), Arrays.toString(texts));
            }
        }
        return explained;
    }

    @Override
    public Estimator<M> copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    @Override
    public MLWriter write() {
        return new DefaultParamsWriter(this);
    }

    /**
     * Trains on these rows.
     *
     * @throws InvalidInputException with what to mend in one line: a param, a column, a row, or a run of the same id that
     *     was started otherwise
     */
    @Override
    public M fit(Dataset<?> dataset) {
        transformSchema(dataset.schema(), true);
        SparkSession spark = dataset.sparkSession();
        boolean named = isSet(warehouse());
        String warehouse = named ? getOrDefault(warehouse()) : Workspace.warehouse(spark);
        synchronized (FITS) {
            Workspace workspace = Workspace.of(spark, named ? "param warehouse" : Workspace.WAREHOUSE, warehouse);
            ModelRef base = new Models(workspace).resolve(required(baseModel()));
            Given given = given(dataset.schema());
            requireClients(dataset);
            Datasets.Stored data =
                    new Datasets(workspace).store(given, rows(dataset, given), (double) getOrDefault(maxBadShare()));
            Experiment experiment = experiment(workspace, base, given, data);
            String run = isSet(runId()) ? getOrDefault(runId()) : nameOf(experiment, base);
            Check.name("runId", run);
            new Training(workspace).train(experiment, run);
            M model = model(uid);
            copyValues(model, ParamMap.empty());
            model.set(model.warehouse(), warehouse);
            model.set(model.runId(), run);
            return model.setParent(this);
        }
    }

    /** Every row has a client, if a column says which. */
    private void requireClients(Dataset<?> dataset) {
        if (isSet(clientCol())) {
            long nulls = dataset.where(column(clientCol()).isNull()).count();
            if (nulls > 0) {
                throw new InvalidInputException(
                        "%s: the column '%s', which clientCol names, is null in %d rows; fill it or drop these rows"
                                .formatted(uid, getOrDefault(clientCol()), nulls));
            }
        }
    }

    private Dataset<Row> rows(Dataset<?> dataset, Given given) {
        Map<String, Column> columns = new HashMap<>(examples(given));
        columns.put("id", optional(idCol()));
        columns.put("key", optional(clientCol()));
        columns.put(
                "split",
                isSet(validationIndicatorCol())
                        ? when(column(validationIndicatorCol()), "test").otherwise("train")
                        : lit("train"));
        StructType schema = given.kind().schema();
        List<Column> selected = new ArrayList<>();
        for (String name : schema.fieldNames()) {
            selected.add(columns.get(name).cast(schema.apply(name).dataType()).as(name));
        }
        return dataset.select(selected.toArray(Column[]::new));
    }

    private Experiment experiment(Workspace workspace, ModelRef base, Given given, Datasets.Stored data) {
        ExperimentFile file = Setting.unset(task())
                .with(Map.of(
                        "model.name", base.name(),
                        "model.source", getOrDefault(baseModel()),
                        "data.name", data.name(),
                        "data.source", given,
                        "compute.threads",
                                workspace.spark().sparkContext().conf().getInt("spark.task.cpus", 1)))
                .on((name, source) -> Optional.of(new Models(workspace).modelType(base)));
        if (isSet(clientCol())) {
            file = file.with(Map.of("partition", Map.of("kind", "natural-key")));
        }
        for (Setting setting : Setting.values()) {
            boolean byColumn = setting == Setting.PARTITIONER && isSet(clientCol());
            if (isSet(param(setting.param())) && !byColumn) {
                file = setting.into(file, getOrDefault(param(setting.param())));
            }
        }
        return file.with(List.of(getOrDefault(settings()))).bind();
    }

    /** Another configuration, model or data makes another name; the same ones find the run again. */
    private static String nameOf(Experiment experiment, ModelRef base) {
        byte[] all = (ExperimentFile.whole(experiment) + base.sha256()).getBytes(StandardCharsets.UTF_8);
        return experiment.name() + "-" + UUID.nameUUIDFromBytes(all);
    }

    private String required(Param<String> param) {
        if (!isSet(param)) {
            throw new InvalidInputException("%s: set the param %s, %s".formatted(uid, param.name(), param.doc()));
        }
        return getOrDefault(param);
    }

    private Column optional(Param<String> param) {
        return isSet(param) ? column(param) : lit(null);
    }

    Column column(Param<String> param) {
        return ColumnNames.column(getOrDefault(param));
    }

    /** The label of examples that are not divided by one. */
    Column clientOr(String otherwise) {
        return isSet(clientCol()) ? column(clientCol()) : lit(otherwise);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        if (isSet(validationIndicatorCol())) {
            Columns.require(schema, this, validationIndicatorCol(), DataTypes.BooleanType);
        }
        for (Param<String> param : List.of(idCol(), clientCol())) {
            if (isSet(param)) {
                Columns.require(schema, this, param);
            }
        }
        return schema;
    }
}
