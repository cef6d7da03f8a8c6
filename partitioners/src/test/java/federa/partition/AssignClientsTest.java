package federa.partition;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.spark_partition_id;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AssignClientsTest {
    private static final long SEED = 42;
    private static final List<String> LABELS = List.of("", "sci", "rec", "talk \uff5e", "talk \ud83d\ude00");
    private static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.StringType)
            .add("text", DataTypes.StringType)
            .add("label", DataTypes.StringType)
            .add("author.name", DataTypes.LongType);

    private static SparkSession spark;

    @BeforeAll
    static void start() {
        spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "4")
                .getOrCreate();
        spark.sparkContext().setLogLevel("WARN");
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    static Stream<Partitioner> all() {
        return Stream.of(
                new LabelDirichlet(6, 0.3, Convention.FEDNLP),
                new ClassDirichlet(6, 0.3, 0),
                new QuantitySkew(6, 0.5),
                new Iid(6),
                new Iid(1),
                new NaturalKey("author.name"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyIdHasOneClientAndCountsEqualThePlan(Partitioner partitioner) {
        Dataset<Row> examples = examples(500, 3);
        AssignClients job = new AssignClients(partitioner, SEED);
        Plan plan = job.plan(examples);
        Dataset<Row> assigned = job.assign(examples, plan);

        assertThat(assigned.columns()).containsExactly("id", "text", "label", "author.name", "client_id");
        assertThat(assigned.schema()).isEqualTo(SCHEMA.add("client_id", DataTypes.IntegerType, false));
        assertThat(assigned.drop("client_id").collectAsList()).containsExactlyInAnyOrderElementsOf(rows(500));
        Map<Integer, SortedMap<String, Long>> owned = new TreeMap<>();
        for (Row row : assigned.collectAsList()) {
            String group = partitioner
                    .groupColumn()
                    .map(column -> String.valueOf(row.<Object>getAs(column)))
                    .orElse(Partitioner.POOL);
            owned.computeIfAbsent(row.getAs("client_id"), client -> new TreeMap<>())
                    .merge(group, 1L, Long::sum);
        }
        for (int client = 0; client < plan.clients(); client++) {
            assertThat(owned.getOrDefault(client, new TreeMap<>())).isEqualTo(plan.histogram(client));
        }
    }

    static Stream<Partitioner> eachPath() {
        return Stream.of(
                new LabelDirichlet(6, 0.3, Convention.FEDNLP), new QuantitySkew(6, 0.5), new NaturalKey("author.name"));
    }

    @ParameterizedTest
    @MethodSource("eachPath")
    void partitioningAndOrderOfTheTableDoNotMatter(Partitioner partitioner) {
        Map<String, Integer> expected = clients(partitioner, SEED, examples(500, 1), "4");
        assertThat(clients(partitioner, SEED, examples(500, 7), "1")).isEqualTo(expected);
        assertThat(clients(partitioner, SEED, examples(500, 2), "13")).isEqualTo(expected);
    }

    @Test
    void oneQueueIsNumberedByManyTasksOfWhichNoneSortsMuchMoreThanItsShare() {
        Dataset<Row> examples = spark.range(350_000)
                .select(
                        concat(lit("id"), col("id")).as("id"),
                        lit("text").as("text"),
                        lit("sci").as("label"));
        AssignClients job = new AssignClients(new Iid(6), SEED);

        List<Row> tasks = job.assign(examples, job.plan(examples))
                .select(
                        col("client_id"),
                        xxhash64(col("id"), lit(SEED)).as("hash"),
                        spark_partition_id().as("task"))
                .collectAsList();

        assertThat(tasks).extracting(row -> row.<Long>getAs("hash")).isSorted();
        assertThat(tasks).extracting(row -> row.<Integer>getAs("client_id")).isSorted();
        assertThat(tasks.stream()
                        .collect(Collectors.groupingBy(row -> row.<Integer>getAs("task"), Collectors.counting()))
                        .values())
                .hasSize(4)
                .allSatisfy(count -> assertThat(count).isLessThan(150_000));
    }

    /** A change here changes every published partition. */
    @Test
    void theAssignmentOfASeedStaysWhatItIs() {
        Map<String, Integer> iid = clients(new Iid(6), SEED, examples(500, 3), "4");
        Map<String, Integer> skewed =
                clients(new LabelDirichlet(6, 0.3, Convention.FEDNLP), SEED, examples(500, 3), "4");
        List<String> ids = List.of("id0", "id1", "id2", "id3", "id4", "id5", "id6", "id7");
        assertThat(ids.stream().map(iid::get)).containsExactly(4, 1, 3, 0, 5, 5, 1, 1);
        assertThat(ids.stream().map(skewed::get)).containsExactly(4, 3, 4, 2, 3, 4, 3, 2);
    }

    @Test
    void anotherSeedIsAnotherAssignmentEvenWhereThePlanIsTheSame() {
        Dataset<Row> examples = examples(500, 2);
        assertThat(clients(new Iid(6), 1, examples, "4")).isNotEqualTo(clients(new Iid(6), 2, examples, "4"));
    }

    @Test
    void statsHaveOneRowPerClient() {
        Dataset<Row> examples = examples(500, 3);
        ClassDirichlet partitioner = new ClassDirichlet(12, 0.01, 0);
        AssignClients job = new AssignClients(partitioner, SEED);
        Plan plan = job.plan(examples);
        Dataset<Row> stats = ClientStats.of(job.assign(examples, plan), plan.clients(), partitioner.skewColumn());

        assertThat(stats.schema().fieldNames()).isEqualTo(ClientStats.SCHEMA.fieldNames());
        assertThat(stats.schema().asNullable()).isEqualTo(ClientStats.SCHEMA.asNullable());
        TreeMap<String, Long> global = new TreeMap<>();
        for (int client = 0; client < 12; client++) {
            plan.histogram(client).forEach((label, count) -> global.merge(label, count, Long::sum));
        }
        List<Row> rows = stats.collectAsList();
        assertThat(rows).hasSize(12);
        int empty = 0;
        for (int client = 0; client < 12; client++) {
            Row row = rows.get(client);
            assertThat(row.getInt(0)).isEqualTo(client);
            assertThat(row.getLong(1)).isEqualTo(plan.size(client));
            assertThat(row.<String, Long>getJavaMap(2)).isEqualTo(plan.histogram(client));
            if (plan.size(client) == 0) {
                empty++;
                assertThat(row.isNullAt(3)).isTrue();
            } else {
                assertThat(row.getDouble(3))
                        .isEqualTo(Skew.of(plan.histogram(client), global).jsDistance());
            }
        }
        assertThat(empty).isPositive();
    }

    @Test
    void nullsAreAnError() {
        Dataset<Row> examples = examples(100, 2);
        Dataset<Row> unlabelled = examples.withColumn("label", when(col("id").notEqual("id7"), col("label")));
        assertThatThrownBy(() -> new AssignClients(new Iid(2), SEED).plan(unlabelled))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Column 'label' is null in 1 of 100 examples");
        Dataset<Row> nameless = examples.withColumn(
                "id", when(col("id").isin("id7", "id8"), lit(null)).otherwise(col("id")));
        assertThatThrownBy(() -> new AssignClients(new Iid(2), SEED).plan(nameless))
                .hasMessageStartingWith("Column 'id' is null in 2 of 100 examples");
        Dataset<Row> anonymous = examples.withColumn("author.name", lit(null).cast("long"));
        assertThatThrownBy(() -> new AssignClients(new NaturalKey("author.name"), SEED).plan(anonymous))
                .hasMessageStartingWith("Column 'author.name' is null in 100 of 100 examples");
    }

    @Test
    void aRepeatedIdIsAnErrorEvenWithAnotherLabel() {
        Dataset<Row> examples = examples(100, 2);
        Dataset<Row> twice = examples.union(examples.limit(1).withColumn("label", lit("other")));
        assertThatThrownBy(() -> new AssignClients(new Iid(2), SEED).plan(twice))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("Id 'id\\d+' occurs 2 times; ids must be unique.*");
    }

    @Test
    void missingColumnsAndTooFewExamplesAreErrors() {
        Dataset<Row> examples = examples(5, 2);
        assertThatThrownBy(() -> new AssignClients(new NaturalKey("writer"), SEED).plan(examples))
                .hasMessageStartingWith("The examples have no column 'writer', only [id, text, label, author.name]");
        assertThatThrownBy(() -> new AssignClients(new Iid(2), SEED).plan(examples.drop("label")))
                .hasMessageStartingWith("The examples have no column 'label'");
        assertThatThrownBy(() -> new AssignClients(new Iid(2), SEED).plan(examples.withColumn("client_id", lit(1))))
                .hasMessageContaining("already have a column 'client_id'");
        assertThatThrownBy(() -> new AssignClients(new Iid(6), SEED).plan(examples))
                .hasMessageStartingWith("partition.clients is 6 but there are only 5 examples");
        assertThatThrownBy(() -> new AssignClients(new Iid(6), SEED).plan(examples.limit(0)))
                .hasMessageStartingWith("There are no examples");
    }

    private static Map<String, Integer> clients(
            Partitioner partitioner, long seed, Dataset<Row> examples, String shufflePartitions) {
        spark.conf().set("spark.sql.shuffle.partitions", shufflePartitions);
        try {
            AssignClients job = new AssignClients(partitioner, seed);
            Map<String, Integer> clients = new TreeMap<>();
            for (Row row : job.assign(examples, job.plan(examples)).collectAsList()) {
                clients.put(row.getAs("id"), row.getAs("client_id"));
            }
            return clients;
        } finally {
            spark.conf().set("spark.sql.shuffle.partitions", "4");
        }
    }

    private static Dataset<Row> examples(int count, int partitions) {
        List<Row> rows = new ArrayList<>(rows(count));
        Collections.shuffle(rows, new Random(partitions));
        return spark.createDataFrame(rows, SCHEMA).repartition(partitions);
    }

    private static List<Row> rows(int count) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(RowFactory.create("id" + i, "text " + i, LABELS.get((i + i / 7) % LABELS.size()), (long) i % 11));
        }
        return rows;
    }
}
