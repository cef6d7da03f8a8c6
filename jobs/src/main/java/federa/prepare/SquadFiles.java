package federa.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Two splits in the form of SQuAD; the label is the article's title. */
final class SquadFiles {

    private SquadFiles() {}

    static Dataset<Row> read(SparkSession spark, String train, String test) {
        return TwoSplits.read(
                spark,
                train,
                test,
                Set.of("json", "jsonl"),
                (file, bytes) -> new Rows<>(new SquadQuestions(bytes), new Questions("id", SquadFiles::gold)));
    }

    private static void gold(JsonNode question, Answers answers) throws Malformed, Skipped {
        JsonNode given = question.path("answers");
        if (given.isObject()) {
            lists(given, answers);
            return;
        }

        for (JsonNode answer : given) {
            JsonNode start = answer.path("answer_start");
            if (!start.isInt()) {
                throw new Malformed("'answer_start' is '%s', expected a whole number".formatted(start.asText()));
            }
            answers.add(start.intValue(), JsonText.required(answer, "text"));
        }
    }

    /** The library datasets has a list of texts and one of starts; of a question without an answer both are empty. */
    private static void lists(JsonNode given, Answers answers) throws Malformed, Skipped {
        JsonNode texts = given.path("text");
        JsonNode starts = given.path("answer_start");
        if (!texts.isArray() || !starts.isArray() || texts.size() != starts.size()) {
            throw new Malformed(
                    "'answers' is an object, but 'text' and 'answer_start' are not two lists of one length");
        }
        if (texts.isEmpty()) {
            throw new Skipped("the question has no answer");
        }
        for (int i = 0; i < texts.size(); i++) {
            if (!starts.get(i).isInt() || !texts.get(i).isTextual()) {
                throw new Malformed("answer %d is '%s' at '%s', expected a string and a whole number"
                        .formatted(i + 1, texts.get(i).asText(), starts.get(i).asText()));
            }
            answers.add(
                    starts.get(i).intValue(),
                    JsonText.whole("text", texts.get(i).asText()));
        }
    }
}
