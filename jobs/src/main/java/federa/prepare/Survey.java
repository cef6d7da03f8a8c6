package federa.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.percentile_approx;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.trim;

import java.util.List;
import java.util.SortedMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a prepared data set is like, for those who have not seen it yet.
 *
 * @param counts rows, labels and malformed records
 * @param repeated train rows whose text another train row has too
 * @param shared test rows whose text a train row has too
 * @param medianWords of a train text, words being what stands between white space
 * @param mostWords that 95 of 100 train texts have at most
 * @param mostTokens that 95 of 100 train texts have at most, about
 * @param clients different keys of train rows, and the fewest and the most rows of one; all 0 without keys
 */
public record Survey(
        Counts counts, long repeated, long shared, int medianWords, int mostWords, int mostTokens, Clients clients) {

    /** Different keys, and the fewest and the most rows of one. */
    public record Clients(long number, long fewest, long most) {}

    /** Tokens for a word and for a character: the larger estimate holds, as some scripts have no spaces. */
    private static final double TOKENS_PER_WORD = 1.4;

    private static final double TOKENS_PER_CHARACTER = 0.25;

    public static Survey of(Prepared prepared) {
        Dataset<Row> train = prepared.rows().where(col("split").equalTo("train"));
        Dataset<Row> texts = train.select("text").distinct();
        Column words = size(split(trim(col("text")), "\\s+"));
        Row lengths = train.agg(
                        percentile_approx(words, lit(0.5), lit(1_000)),
                        percentile_approx(words, lit(0.95), lit(1_000)),
                        percentile_approx(length(col("text")), lit(0.95), lit(1_000)),
                        count(lit(1)),
                        countDistinct(col("text")))
                .first();
        long shared = prepared.rows()
                .where(col("split").equalTo("test"))
                .join(texts, "text")
                .count();
        Row clients = train.where(col("key").isNotNull())
                .groupBy("key")
                .count()
                .agg(count(lit(1)), min("count"), max("count"))
                .first();
        int mostWords = lengths.getInt(1);
        return new Survey(
                prepared.counts(),
                lengths.getLong(3) - lengths.getLong(4),
                shared,
                lengths.getInt(0),
                mostWords,
                (int) Math.ceil(Math.max(TOKENS_PER_WORD * mostWords, TOKENS_PER_CHARACTER * lengths.getInt(2))),
                new Clients(
                        clients.getLong(0),
                        clients.isNullAt(1) ? 0 : clients.getLong(1),
                        clients.isNullAt(2) ? 0 : clients.getLong(2)));
    }

    /** The number of train rows of each label. */
    public SortedMap<String, Long> labels() {
        return counts.byLabel().get("train");
    }

    /** Labels of test rows that no train row has. */
    public List<String> untrained() {
        return counts.classes("test").stream()
                .filter(label -> !counts.classes("train").contains(label))
                .toList();
    }
}
