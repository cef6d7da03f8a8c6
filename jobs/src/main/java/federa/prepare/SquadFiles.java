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
                Set.of("json"),
                (file, bytes) -> new Rows<>(file, new SquadQuestions(bytes), new Questions("id", SquadFiles::gold)));
    }

    private static void gold(JsonNode question, Answers answers) throws Malformed {
        for (JsonNode answer : question.path("answers")) {
            JsonNode start = answer.path("answer_start");
            if (!start.isInt()) {
                throw new Malformed("'answer_start' is '%s', expected a whole number".formatted(start.asText()));
            }
            answers.add(start.intValue(), JsonText.required(answer, "text"));
        }
    }
}
