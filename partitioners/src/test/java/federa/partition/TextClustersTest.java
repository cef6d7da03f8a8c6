package federa.partition;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TextClustersTest {
    private static final List<List<String>> TOPICS = List.of(
            List.of("goal", "league", "striker", "referee", "penalty", "stadium", "coach", "Fußball"),
            List.of("oven", "flour", "butter", "recipe", "simmer", "garlic", "dough", "crème"),
            List.of("orbit", "telescope", "planet", "comet", "rocket", "galaxy", "moon", "спутник"));
    private static final StructType SCHEMA =
            new StructType().add("id", DataTypes.StringType).add("text", DataTypes.StringType);
    private static final int EACH = 60;

    private static SparkSession spark;

    @BeforeAll
    static void start() {
        spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "4")
                // For a few thousand short texts: a program for each query, and a second plan, cost time only.
                .config("spark.sql.codegen.wholeStage", "false")
                .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
                .config("spark.sql.adaptive.enabled", "false")
                .getOrCreate();
        spark.sparkContext().setLogLevel("WARN");
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    @Test
    void threeTopicsAreThreeClusters() {
        Map<String, String> clusters = clusters(3, 1, texts(EACH, 1, 5));

        assertThat(clusters).hasSize(TOPICS.size() * EACH);
        assertThat(clusters.values()).containsOnly("cluster-00", "cluster-01", "cluster-02");
        long alike = clusters.entrySet().stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getValue,
                        Collectors.collectingAndThen(Collectors.toList(), TextClustersTest::sizeOfLargestTopic)))
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .sum();
        assertThat((double) alike / clusters.size()).as("purity").isGreaterThanOrEqualTo(0.9);
    }

    @Test
    void partitioningAndOrderOfTheTableDoNotMatterButTheSeedDoes() {
        int each = 1500; // more texts than one part has
        Map<String, String> clusters = clusters(6, 1, texts(each, 1, 5));

        assertThat(clusters(6, 1, texts(each, 2, 1))).isEqualTo(clusters);
        assertThat(clusters(6, 1, texts(each, 3, 13))).isEqualTo(clusters);
        assertThat(clusters(6, 2, texts(each, 1, 5))).isNotEqualTo(clusters);
    }

    @Test
    void textsWithoutWordsAndEqualTextsMakeFewerClusters() {
        Dataset<Row> texts = texts(EACH, 1, 3)
                .limit(6)
                .withColumn("text", lit("goal"))
                .union(spark.createDataFrame(
                        List.of(RowFactory.create("empty", ""), RowFactory.create("blank", " ... ")), SCHEMA));

        Map<String, String> clusters = clusters(5, 1, texts);

        assertThat(clusters).hasSize(8);
        assertThat(clusters.values().stream().distinct()).hasSize(2);
        assertThat(clusters.get("empty")).isEqualTo(clusters.get("blank"));
    }

    @Test
    void anyVectorsWillDo() {
        Column dense = array_to_vector(array(length(col("text")).gt(70).cast("float"), lit(1f)));

        Map<String, String> clusters =
                clusters(4, 1, texts(EACH, 1, 3), texts -> texts.withColumn(TextClusters.FEATURES, dense));

        assertThat(clusters.values().stream().distinct()).hasSize(2);
    }

    @Test
    void namesSortAsNumbersDo() {
        assertThat(new TextClusters(2, 1).nameFormat().formatted(1)).isEqualTo("cluster-01");
        assertThat(new TextClusters(100, 1).nameFormat().formatted(99)).isEqualTo("cluster-99");
        assertThat(new TextClusters(101, 1).nameFormat().formatted(7)).isEqualTo("cluster-007");
    }

    @Test
    void moreClustersThanTextsAreAnError() {
        assertThatThrownBy(() -> clusters(6, 1, texts(EACH, 1, 1).limit(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("partition.clusters is 6 but there are only 5 examples; "
                        + "set partition.clusters to at most 5");
    }

    @Test
    void nothingButTheResultStaysInTheCache() {
        Dataset<Row> clusters = new TextClusters(3, 1).of(texts(EACH, 1, 3), TextClusters::tfIdf);
        assertThat(spark.sparkContext().getPersistentRDDs().size()).isEqualTo(1);
        clusters.unpersist(true);
        assertThat(spark.sparkContext().getPersistentRDDs().size()).isZero();
    }

    private static long sizeOfLargestTopic(Collection<Map.Entry<String, String>> cluster) {
        return cluster.stream()
                .collect(Collectors.groupingBy(entry -> entry.getKey().charAt(0), Collectors.counting()))
                .values()
                .stream()
                .max(Long::compare)
                .orElseThrow();
    }

    private static Map<String, String> clusters(int count, long seed, Dataset<Row> texts) {
        return clusters(count, seed, texts, TextClusters::tfIdf);
    }

    private static Map<String, String> clusters(
            int count, long seed, Dataset<Row> texts, UnaryOperator<Dataset<Row>> represent) {
        Dataset<Row> clusters = new TextClusters(count, seed).of(texts, represent);
        try {
            return clusters.collectAsList().stream()
                    .collect(Collectors.toMap(row -> row.getAs("id"), row -> row.getAs("cluster")));
        } finally {
            clusters.unpersist(true);
        }
    }

    /** Texts of five to nine words of a topic among words of none; the id begins with the topic. */
    private static Dataset<Row> texts(int each, int order, int partitions) {
        Random random = new Random(1);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < TOPICS.size() * each; i++) {
            int topic = i % TOPICS.size();
            StringBuilder text = new StringBuilder("The, ");
            for (int word = 0; word < 5 + random.nextInt(5); word++) {
                List<String> words = TOPICS.get(topic);
                text.append(words.get(random.nextInt(words.size()))).append(" and a ");
            }
            rows.add(RowFactory.create(topic + "-" + i, text.toString()));
        }
        Collections.shuffle(rows, new Random(order));
        return spark.createDataFrame(rows, SCHEMA).repartition(partitions);
    }
}
