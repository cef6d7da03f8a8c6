package federa.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.config.Experiment;
import federa.encoder.HeadLabels;
import federa.fixture.Tiny;
import federa.fixture.TinyModel;
import federa.partition.Representation;
import federa.prepare.Kind;
import federa.store.Table;
import federa.udf.ClientFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PartitionsTest {

    private record Example(String id, String text, String label) {}

    @TempDir
    Path directory;

    private Workspace workspace;
    private Datasets.Stored data;

    @BeforeEach
    void open() {
        workspace = Tiny.prepared(directory);
        data = new Datasets(workspace).open("topics");
    }

    @Test
    void filesAssignmentAndStatisticsAgree() {
        Partitions.Stored partition = divide();

        Map<String, Example> examples = new TreeMap<>();
        Map<String, Integer> owners = new TreeMap<>();
        for (Partitions.Client client : clients(partition)) {
            List<Example> rows = read(partition, client.id());
            rows.forEach(row -> {
                assertThat(examples.put(row.id(), row)).as(row.id()).isNull();
                owners.put(row.id(), client.id());
            });
            assertThat(client.numExamples()).isEqualTo(rows.size());
            assertThat(client.histogram())
                    .isEqualTo(rows.stream().collect(Collectors.groupingBy(Example::label, Collectors.counting())));
            assertThat(client.jsDistance()).isBetween(0.0, 1.0);
        }
        assertThat(clients(partition)).extracting(Partitions.Client::id).containsExactly(0, 1, 2, 3, 4);
        assertThat(partition.withExamples()).containsExactly(0, 1, 2, 3, 4);
        assertThat(examples)
                .isEqualTo(data.split("train").collectAsList().stream()
                        .map(row -> new Example(row.getAs("id"), row.getAs("text"), row.getAs("label")))
                        .collect(Collectors.toMap(Example::id, row -> row)));
        List<Row> assignment = assignment(partition);
        assertThat(assignment).hasSize(200);
        assertThat(assignment).allSatisfy(row -> {
            assertThat(row.<Integer>getAs("client_id")).isEqualTo(owners.get(row.<String>getAs("example_id")));
            assertThat(row.<String>getAs("label"))
                    .isEqualTo(examples.get(row.<String>getAs("example_id")).label());
        });
    }

    @Test
    void aClientsExamplesAreOneFileInTheOrderOfTheirIds() {
        Partitions.Stored partition = divide();

        for (int client : partition.withExamples()) {
            File[] files = new File(partition.directory().substring("file:".length()), "client_id=" + client)
                    .listFiles((directory, name) -> name.endsWith(".parquet"));
            assertThat(files).hasSize(1);
            assertThat(workspace
                            .spark()
                            .read()
                            .parquet(files[0].getPath())
                            .select("id")
                            .as(Encoders.STRING())
                            .collectAsList())
                    .isNotEmpty()
                    .isSorted();
        }
    }

    @Test
    void aSecondCallMakesNothingNew() throws IOException {
        Map<Path, Long> before = files();

        Partitions.Stored again = divide();

        assertThat(files()).isEqualTo(before);
        assertThat(new Partitions(workspace).find(again.id())).contains(again);
    }

    @Test
    void anotherSeedOrKindIsAnotherPartition() {
        String id = divide().id();

        Partitions.Stored other =
                new Partitions(workspace).divide(Tiny.experiment("partition={kind: iid, clients: 4}"), data);

        assertThat(other.id()).startsWith("topics-iid-").isNotEqualTo(id);
        assertThat(clients(other)).extracting(Partitions.Client::numExamples).containsOnly(50L);
        assertThat(divide().id()).isEqualTo(id);
        assertThat(clients(divide())).hasSize(5);
    }

    @ParameterizedTest
    @EnumSource(Representation.class)
    void clustersAreDividedAndLabelsStayWhatTheyAre(Representation representation) {
        Experiment experiment = clusters(representation);

        Partitions.Stored partition = new Partitions(workspace).divide(experiment, data);

        assertThat(partition.id()).startsWith("topics-cluster-dirichlet-");
        Map<String, Long> global = new TreeMap<>();
        Map<String, String> labels = new TreeMap<>();
        for (Partitions.Client client : clients(partition)) {
            assertThat(client.numExamples()).isEqualTo(50);
            client.histogram().forEach((cluster, count) -> global.merge(cluster, count, Long::sum));
            read(partition, client.id()).forEach(row -> labels.put(row.id(), row.label()));
        }
        assertThat(global.keySet()).containsExactly("cluster-00", "cluster-01", "cluster-02", "cluster-03");
        assertThat(labels)
                .isEqualTo(data.split("train").collectAsList().stream()
                        .collect(Collectors.toMap(row -> row.getAs("id"), row -> row.getAs("label"))));
        assertThat(assignment(partition).stream()
                        .collect(Collectors.groupingBy(row -> row.getAs("group"), Collectors.counting())))
                .isEqualTo(global);
        assertThat(files(partition).columns()).containsExactlyInAnyOrder("id", "text", "label", "key", "client_id");
        assertThat(workspace.context().getPersistentRDDs().values())
                .as("nothing stays in the cache but what Delta keeps there")
                .allSatisfy(rdd -> assertThat(rdd.name()).contains("Delta"));
    }

    @Test
    void clustersAreTheSameInAnotherWarehouse(@TempDir Path elsewhere) {
        Experiment experiment = clusters(Representation.ENCODER);
        Workspace other = Tiny.prepared(elsewhere);

        Partitions.Stored partition = new Partitions(workspace).divide(experiment, data);
        Partitions.Stored again = new Partitions(other).divide(experiment, new Datasets(other).open("topics"));

        assertThat(again.id()).isEqualTo(partition.id());
        assertThat(new Partitions(other).clients(again.id())).isEqualTo(clients(partition));
        assertThat(again.withExamples().stream().map(id -> read(again, id)).toList())
                .isEqualTo(partition.withExamples().stream()
                        .map(id -> read(partition, id))
                        .toList());
    }

    @Test
    void anotherModelOrLengthIsAnotherPartitionOfItsClusters() {
        new Models(workspace)
                .importIfMissing(new Experiment.Model(
                        "other", TinyModel.write(directory.resolve("other"), 2).toString(), HeadLabels.BY_NAME));
        Partitions partitions = new Partitions(workspace);
        Set<String> byEncoder = new TreeSet<>();
        for (String change : List.of("seed=7", "model.name=other", "data.max-tokens=16")) {
            byEncoder.add(partitions
                    .divide(clusters(Representation.ENCODER, change), data)
                    .id());
        }
        assertThat(byEncoder).hasSize(3);
        assertThat(partitions.divide(clusters(Representation.TF_IDF), data).id())
                .isEqualTo(partitions
                        .divide(clusters(Representation.TF_IDF, "model.name=nobody"), data)
                        .id());
    }

    @Test
    void questionsAreClusteredWithTheirFirstAnswer() {
        Dataset<Row> questions = data.rows()
                .withColumn("question", col("text"))
                .withColumn("answers", expr("array(label, 'never looked at')"))
                .withColumn("text", lit("a passage that all questions share"));
        Dataset<Row> unanswered =
                questions.withColumn("answers", expr("array()").cast("array<string>"));

        assertThat(sizes(questions)).hasSize(4);
        assertThat(sizes(unanswered)).hasSize(4).isNotEqualTo(sizes(questions));
    }

    @Test
    void theGroupOfAnExampleIsWhatWasDividedBy() {
        assertThat(assignment(divide()))
                .allSatisfy(row -> assertThat(row.<String>getAs("group")).isEqualTo(row.getAs("label")));
        Partitions.Stored pooled =
                new Partitions(workspace).divide(Tiny.experiment("partition={kind: iid, clients: 4}"), data);
        assertThat(assignment(pooled)).hasSize(200).allSatisfy(row -> assertThat(row.<String>getAs("group"))
                .isNull());
    }

    @Test
    void aModelThatIsNotThereOrTooShortIsRefused() {
        assertThatThrownBy(() ->
                        new Partitions(workspace).divide(clusters(Representation.ENCODER, "model.name=nobody"), data))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no model nobody; run the import-model job first");
        assertThatThrownBy(() ->
                        new Partitions(workspace).divide(clusters(Representation.ENCODER, "data.max-tokens=65"), data))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("data.max-tokens is 65");
    }

    @Test
    void aJobThatDiedBeforeTheStatisticsIsDoneAgain() throws IOException {
        Partitions.Stored before = divide();
        List<List<Example>> rows =
                before.withExamples().stream().map(id -> read(before, id)).toList();
        FileUtil.fullyDelete(directory.resolve("tables/client_stats").toFile());
        FileUtil.fullyDelete(Path.of(before.directory().substring("file:".length()), "client_id=3")
                .toFile());
        Files.createDirectories(Path.of(before.directory().substring("file:".length()), "_temporary/0"));
        assertThat(new Partitions(workspace).find(before.id())).isEmpty();

        Partitions.Stored again = divide();

        assertThat(again).isEqualTo(before);
        assertThat(again.withExamples().stream().map(id -> read(again, id)).toList())
                .isEqualTo(rows);
        assertThat(assignment(again)).hasSize(200);
    }

    private static Experiment clusters(Representation representation, String... assignments) {
        List<String> all = new ArrayList<>(List.of(
                "partition={kind: cluster-dirichlet, clients: 4, alpha: 0.5, convention: hsu, clusters: 4, representation: %s}"
                        .formatted(representation == Representation.ENCODER ? "encoder" : "tf-idf")));
        all.addAll(List.of(assignments));
        return Tiny.experiment(all.toArray(String[]::new));
    }

    /** Examples of each cluster of a data set with these rows. */
    private Map<String, Long> sizes(Dataset<Row> rows) {
        Datasets.Stored stored =
                new Datasets.Stored("questions", Kind.TEXTS, rows, String.valueOf(rows.hashCode()), List.of());
        Map<String, Long> sizes = new TreeMap<>();
        clients(new Partitions(workspace).divide(clusters(Representation.TF_IDF), stored))
                .forEach(client ->
                        client.histogram().forEach((cluster, count) -> sizes.merge(cluster, count, Long::sum)));
        return sizes;
    }

    private Dataset<Row> files(Partitions.Stored partition) {
        return workspace.spark().read().parquet(partition.directory());
    }

    private List<Partitions.Client> clients(Partitions.Stored partition) {
        return new Partitions(workspace).clients(partition.id());
    }

    private Partitions.Stored divide() {
        return new Partitions(workspace).divide(Tiny.experiment(), data);
    }

    private List<Example> read(Partitions.Stored partition, int client) {
        return ClientFiles.read(partition.directory(), client, workspace.hadoop()).stream()
                .map(row -> new Example(row.text("id"), row.text("text"), row.text("label")))
                .toList();
    }

    private List<Row> assignment(Partitions.Stored partition) {
        return workspace
                .tables()
                .read(Table.CLIENT_ASSIGNMENT)
                .orElseThrow()
                .where(col("partition_id").equalTo(partition.id()))
                .collectAsList();
    }

    private Map<Path, Long> files() throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).collect(Collectors.toMap(file -> file, file -> file.toFile()
                    .lastModified()));
        }
    }
}
