package federa.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.dense_rank;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Which train rows become the test split of a source that has none: of each label the same share of its different texts, those
 * whose hashes with the seed are the smallest. Equal texts of a label stay together, so that none is learnt and tested; every
 * label keeps a text to train on. How Spark reads the rows does not matter.
 *
 * @param share of the texts of each label, from 0 and below 1
 */
public record HeldOut(double share, long seed) {

    Dataset<Row> of(Dataset<Row> all) {
        WindowSpec label = Window.partitionBy(col("label"));
        Column order = dense_rank().over(label.orderBy(xxhash64(col("text"), lit(seed)), col("text")));
        Column texts = max(col("order")).over(label);
        Column tested = least(round(texts.multiply(share)), texts.minus(1));
        Column split = when(col("problem").isNull().and(col("order").leq(tested)), "test").otherwise(col("split"));
        return all.withColumn("order", order).withColumn("split", split).drop("order");
    }
}
