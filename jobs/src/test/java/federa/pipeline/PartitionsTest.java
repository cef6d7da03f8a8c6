package federa.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.Tiny;
import federa.store.Table;
import federa.udf.ClientFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        for (Partitions.Client client : partition.clients()) {
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
        assertThat(partition.clients()).extracting(Partitions.Client::id).containsExactly(0, 1, 2, 3, 4);
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
        assertThat(other.clients()).extracting(Partitions.Client::numExamples).containsOnly(50L);
        assertThat(divide().id()).isEqualTo(id);
        assertThat(divide().clients()).hasSize(5);
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
