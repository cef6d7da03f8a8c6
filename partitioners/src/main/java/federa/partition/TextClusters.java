package federa.partition;

import static federa.partition.AssignClients.ID;
import static federa.partition.Partitioner.CLUSTER;
import static federa.partition.Require.require;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.format_string;

import federa.spi.InvalidInputException;
import java.util.function.UnaryOperator;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.feature.HashingTF;
import org.apache.spark.ml.feature.IDF;
import org.apache.spark.ml.feature.Normalizer;
import org.apache.spark.ml.feature.RegexTokenizer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Groups texts that are alike: k-means of vectors of length 1, started by k-means||.
 *
 * <p>The result depends on the ids, the texts and the seed, but not on the partitions or the order of the table, as far
 * as sums of floating-point numbers go: Spark adds up the centres in the order in which tasks end, so a text exactly
 * between two of them may come out otherwise.
 *
 * @param clusters how many groups; fewer come out if fewer texts differ
 * @param seed of the first centres
 * @see <a href="https://arxiv.org/abs/1203.6402">Bahmani et al. 2012, Scalable k-means++</a>
 */
public record TextClusters(int clusters, long seed) {
    /** The column with the vector of a text. */
    public static final String FEATURES = "features";

    /** The column with a text. */
    public static final String TEXT = "text";

    /** The texts alone decide how many parts there are: k-means|| draws by part, and sums are formed by part. */
    private static final int TEXTS_PER_PART = 2000;

    private static final int ITERATIONS = 100;
    private static final int WORDS = 1 << 14; // a centre is dense, so this times clusters is what tasks exchange

    public TextClusters {
        requireClusters(clusters);
    }

    static void requireClusters(int clusters) {
        require(clusters >= 2, "partition.clusters must be >= 2, got %s", clusters);
    }

    /**
     * The {@link Partitioner#CLUSTER} of each text, "cluster-00" and so on, with its id; in Spark's cache, which the
     * caller frees.
     *
     * @param texts with the columns id STRING (unique) and text STRING
     * @param represent adds {@link #FEATURES}, row by row or not, and keeps the order of the rows it is given
     * @throws InvalidInputException if there are fewer texts than clusters
     */
    public Dataset<Row> of(Dataset<Row> texts, UnaryOperator<Dataset<Row>> represent) {
        long count = texts.count();
        require(
                clusters <= count,
                "partition.clusters is %s but there are only %s examples; set partition.clusters to at most %s",
                clusters,
                count,
                count);
        int parts = Math.toIntExact(count / TEXTS_PER_PART + 1);
        Dataset<Row> ordered =
                texts.select(ID, TEXT).repartition(parts, col(ID)).sortWithinPartitions(ID);
        Dataset<Row> vectors = new Normalizer()
                .setInputCol(FEATURES)
                .setOutputCol("unit")
                .transform(represent.apply(ordered))
                .select(col(ID), col("unit").as(FEATURES))
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Dataset<Row> clustered = new KMeans()
                    .setK(clusters)
                    .setSolver("row") // the other one fails where fewer than k vectors differ
                    .setSeed(seed)
                    .setMaxIter(ITERATIONS)
                    .setPredictionCol(CLUSTER)
                    .fit(vectors)
                    .transform(vectors)
                    .select(col(ID), format_string(nameFormat(), col(CLUSTER)).as(CLUSTER))
                    .persist(StorageLevel.MEMORY_AND_DISK());
            clustered.count(); // now, while the vectors are there
            return clustered;
        } finally {
            vectors.unpersist();
        }
    }

    /** Adds {@link #FEATURES} to texts: how often they have each word, times how rare it is among all of them. */
    public static Dataset<Row> tfIdf(Dataset<Row> texts) {
        Dataset<Row> words = new RegexTokenizer()
                .setPattern("[^\\p{L}\\p{N}]+")
                .setInputCol(TEXT)
                .setOutputCol("words")
                .transform(texts);
        Dataset<Row> counts = new HashingTF()
                .setNumFeatures(WORDS)
                .setInputCol("words")
                .setOutputCol("counts")
                .transform(words);
        return new IDF()
                .setInputCol("counts")
                .setOutputCol(FEATURES)
                .fit(counts)
                .transform(counts);
    }

    /** The format of a cluster's name: numbers of one width, so that names sort as numbers do. */
    String nameFormat() {
        return "cluster-%0" + Math.max(2, String.valueOf(clusters - 1).length()) + "d";
    }
}
