package federa.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.fixture.SharedSpark;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.CountVectorizer;
import org.apache.spark.ml.feature.IDF;
import org.apache.spark.ml.feature.RegexTokenizer;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class TopicsTest {

    private static final long SEED = 17;
    private static final Topics TOPICS = new Topics(Topics.TRAIN, Topics.TEST, SEED);

    @Test
    void hasTheSizeOfTheQuickstartAndTenBalancedTopics() {
        try (Prepared prepared = new Preparation(SharedSpark.session(), 0).run(TOPICS)) {
            assertThat(prepared.counts().rows("train")).isEqualTo(2_400);
            assertThat(prepared.counts().rows("test")).isEqualTo(600);
            assertThat(prepared.counts().classes()).hasSize(10);
            assertThat(prepared.counts().byLabel().get("train").values()).containsOnly(240L);
            assertThat(prepared.counts().malformed()).isZero();
        }
    }

    @Test
    void sameSeedSameTexts() {
        TopicTexts once = TopicTexts.load();
        TopicTexts again = TopicTexts.load();
        for (int index = 0; index < 50; index++) {
            assertThat(once.write(SEED, "train", index)).isEqualTo(again.write(SEED, "train", index));
        }
    }

    /** Keeps experiments comparable over releases: the texts may not drift with the code. */
    @Test
    void theFirstTextOfSeedSeventeenStaysWhatItIs() {
        assertThat(TopicTexts.load().write(SEED, "train", 0).text())
                .isEqualTo("After a while the judge and the receipt finished the deal again. "
                        + "The fund with the official sensor built the neighbour twice this year. "
                        + "As soon as the uncle planned the desk, the deposit became kind.");
    }

    @Test
    void otherSeedsAndSplitsHaveOtherTexts() {
        Set<String> texts = new HashSet<>();
        TopicTexts topics = TopicTexts.load();
        for (int index = 0; index < 1_000; index++) {
            texts.add(topics.write(SEED, "train", index).text());
            texts.add(topics.write(SEED, "test", index).text());
            texts.add(topics.write(SEED + 1, "train", index).text());
        }
        assertThat(texts).hasSize(3_000);
    }

    @Test
    void textsHaveTwelveToAboutFortyWords() {
        TopicTexts topics = TopicTexts.load();
        for (int index = 0; index < 1_000; index++) {
            String text = topics.write(SEED, "train", index).text();
            assertThat(text.split(" ")).as(text).hasSizeBetween(12, 42);
            assertThat(text).doesNotContain("{").doesNotContain("  ");
        }
    }

    @Test
    void refusesASizeOfZero() {
        assertThatThrownBy(() -> new Topics(0, 5, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("data.source.train and data.source.test must be at least 1, got 0 and 5");
    }

    @Test
    void aBagOfWordsModelLearnsItAndNoSingleKeywordDoes() {
        try (Prepared prepared = new Preparation(SharedSpark.session(), 0).run(TOPICS)) {
            double words = logisticRegression(prepared.rows().coalesce(1));
            double keywords = bestKeywordOfATopic(prepared.rows());
            double strongest = strongestWordOfTheText(prepared.rows());
            System.out.printf(
                    "topics: tf-idf logistic regression %.3f, one keyword a topic %.3f, strongest word of the text %.3f%n",
                    words, keywords, strongest);
            assertThat(words).isBetween(0.75, 0.92);
            assertThat(keywords).isLessThan(0.35);
            assertThat(strongest).isLessThan(words - 0.2);
        }
    }

    private static double logisticRegression(Dataset<Row> rows) {
        PipelineModel model = new Pipeline()
                .setStages(new PipelineStage[] {
                    new StringIndexer().setInputCol("label").setOutputCol("class"),
                    new RegexTokenizer()
                            .setInputCol("text")
                            .setOutputCol("words")
                            .setPattern("\\W+"),
                    new CountVectorizer().setInputCol("words").setOutputCol("counts"),
                    new IDF().setInputCol("counts").setOutputCol("features"),
                    new LogisticRegression()
                            .setLabelCol("class")
                            .setRegParam(0.01)
                            .setStandardization(false /* as text models do */)
                            .setMaxIter(40)
                })
                .fit(rows.where("split = 'train'"));
        return new MulticlassClassificationEvaluator()
                .setLabelCol("class")
                .setMetricName("accuracy")
                .evaluate(model.transform(rows.where("split = 'test'")));
    }

    /** The rule "a text with this word has this topic", one word a topic, chosen by F1 on train. */
    private static double bestKeywordOfATopic(Dataset<Row> rows) {
        Map<String, Map<String, Integer>> seen = topicsByWord(rows);
        Map<String, String> keyword = new HashMap<>();
        for (String topic : new HashSet<>(
                rows.select("label").distinct().as(Encoders.STRING()).collectAsList())) {
            keyword.put(
                    topic,
                    seen.keySet().stream()
                            .max(Comparator.comparingDouble(w -> f1(seen.get(w), topic)))
                            .orElseThrow());
        }
        return accuracy(rows, words -> keyword.entrySet().stream()
                .filter(rule -> words.contains(rule.getValue()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("business"));
    }

    /** The rule "the word with the purest topic in train decides", which may use every word there is. */
    private static double strongestWordOfTheText(Dataset<Row> rows) {
        Map<String, Map<String, Integer>> seen = topicsByWord(rows);
        return accuracy(rows, words -> words.stream()
                .filter(word -> seen.containsKey(word) && total(seen.get(word)) >= 5)
                .max(Comparator.comparingDouble(word -> purity(seen.get(word))))
                .map(word -> top(seen.get(word)))
                .orElse("business"));
    }

    private static double f1(Map<String, Integer> topics, String topic) {
        return 2.0 * topics.getOrDefault(topic, 0) / (total(topics) + 240);
    }

    private static double purity(Map<String, Integer> topics) {
        return (double) topics.get(top(topics)) / total(topics);
    }

    private static String top(Map<String, Integer> topics) {
        return topics.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private static int total(Map<String, Integer> topics) {
        return topics.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static Map<String, Map<String, Integer>> topicsByWord(Dataset<Row> rows) {
        Map<String, Map<String, Integer>> seen = new HashMap<>();
        for (Row row : rows.where("split = 'train'").collectAsList()) {
            for (String word : words(row)) {
                seen.computeIfAbsent(word, w -> new HashMap<>()).merge(row.getAs("label"), 1, Integer::sum);
            }
        }
        return seen;
    }

    private static double accuracy(Dataset<Row> rows, Function<Set<String>, String> rule) {
        List<Row> test = rows.where("split = 'test'").collectAsList();
        long right = test.stream()
                .filter(row -> rule.apply(words(row)).equals(row.getAs("label")))
                .count();
        return (double) right / test.size();
    }

    private static Set<String> words(Row row) {
        Set<String> words = new HashSet<>(
                List.of(row.<String>getAs("text").toLowerCase(Locale.ROOT).split("\\W+")));
        return words;
    }
}
