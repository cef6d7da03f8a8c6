package federa.pipeline;

import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.encoder.ModelRef;
import federa.spi.InvalidInputException;
import federa.store.RunStore;
import federa.udf.EmbedTexts;
import federa.udf.LoadedModel;
import federa.udf.TokenizeTexts;
import java.util.Optional;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** How a base model reads texts: their tokens, and their vectors. */
public final class Reading {

    private final Workspace workspace;
    private final ModelRef model;
    private final int maxTokens;
    private Broadcast<SerializableConfiguration> hadoop;

    private Reading(Workspace workspace, ModelRef model, int maxTokens) {
        this.workspace = workspace;
        this.model = model;
        this.maxTokens = maxTokens;
    }

    /**
     * Opens the base model of a run, which cuts texts as the run does, or one of the model store, which cuts them where its
     * positions end.
     *
     * @param name of the run or, if there is no such run, of the model
     * @throws InvalidInputException if there is neither
     */
    public static Reading of(Workspace workspace, String name) {
        Optional<RunStore.Attempt> run = new RunStore(workspace.tables(), name).lastAttempt();
        if (run.isPresent()) {
            Experiment experiment = ExperimentFile.ofYaml(run.get().config());
            ModelRef model = new Models(workspace).require(experiment.model());
            return new Reading(workspace, model, experiment.data().maxTokens());
        }
        ModelRef model = workspace
                .models()
                .find(name)
                .orElseThrow(() -> new InvalidInputException("the warehouse %s has neither a run nor a model named %s"
                        .formatted(workspace.warehouse(), name)));
        return new Reading(
                workspace, model, LoadedModel.config(model, workspace.hadoop()).maxTokens());
    }

    /** The rows with the tokens of the texts in a column of strings: {@link TokenizeTexts#TOKENS}. */
    public Dataset<Row> tokenize(Dataset<Row> rows, String column) {
        TokenizeTexts tokenize = new TokenizeTexts(model, rows.schema().fieldIndex(column), maxTokens, sent());
        return rows.mapPartitions(tokenize, Encoders.row(TokenizeTexts.schema(rows.schema())));
    }

    /** The rows with the vectors of the texts in a column of strings: {@link EmbedTexts#EMBEDDING}. */
    public Dataset<Row> embed(Dataset<Row> rows, String column) {
        EmbedTexts embed =
                new EmbedTexts(model, rows.schema().fieldIndex(column), maxTokens, workspace.taskCpus(), sent());
        return rows.mapPartitions(embed, Encoders.row(EmbedTexts.schema(rows.schema())));
    }

    private synchronized Broadcast<SerializableConfiguration> sent() {
        hadoop = hadoop == null ? workspace.broadcastHadoop() : hadoop;
        return hadoop;
    }
}
