package federa.pipeline;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;

import federa.config.Experiment;
import federa.encoder.ModelRef;
import federa.partition.Clustering;
import federa.partition.Representation;
import federa.partition.TextClusters;
import federa.udf.EmbedTexts;
import federa.udf.LoadedModel;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** Gives every example the cluster of its text, as a cluster partition asks for it. */
final class Clusters {

    private final Workspace workspace;
    private final Experiment experiment;
    private final Clustering clustering;

    Clusters(Workspace workspace, Experiment experiment, Clustering clustering) {
        this.workspace = workspace;
        this.experiment = experiment;
        this.clustering = clustering;
    }

    /** What the clusters depend on beside the texts, the partitioner and the seed. */
    String inputs() {
        return clustering.representation() == Representation.ENCODER
                ? model().sha256() + "|" + experiment.data().maxTokens()
                : "";
    }

    /** The ids of the examples, each with its {@code cluster}; in Spark's cache, which the caller frees. */
    Dataset<Row> of(Dataset<Row> examples) {
        Dataset<Row> texts = examples.select(col("id"), text(examples).as(TextClusters.TEXT));
        TextClusters clusters = new TextClusters(clustering.clusters(), experiment.seed());
        return clustering.representation() == Representation.ENCODER
                ? byEncoder(texts, clusters)
                : clusters.of(texts, TextClusters::tfIdf);
    }

    /** FedNLP takes a question with its first answer, and not the passage, which many questions share. */
    private static Column text(Dataset<Row> examples) {
        List<String> columns = Arrays.asList(examples.columns());
        return columns.contains("question")
                ? concat_ws(" ", col("question"), get(col("answers"), lit(0)))
                : col("text");
    }

    private Dataset<Row> byEncoder(Dataset<Row> texts, TextClusters clusters) {
        ModelRef model = model();
        int maxTokens = experiment.data().maxTokens();
        LoadedModel.config(model, workspace.hadoop()).requirePositions(maxTokens);
        // Not destroyed here: a block of the result that is lost with its executor is computed anew.
        Broadcast<SerializableConfiguration> hadoop = workspace.broadcastHadoop();
        return clusters.of(texts, ordered -> {
            EmbedTexts embed = new EmbedTexts(
                    model, ordered.schema().fieldIndex(TextClusters.TEXT), maxTokens, workspace.taskCpus(), hadoop);
            return ordered.mapPartitions(embed, Encoders.row(EmbedTexts.schema(ordered.schema())))
                    .withColumn(TextClusters.FEATURES, array_to_vector(col(EmbedTexts.EMBEDDING)));
        });
    }

    private ModelRef model() {
        return new Models(workspace).require(experiment.model());
    }
}
