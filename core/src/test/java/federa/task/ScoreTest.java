package federa.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ScoreTest {

    private static final List<String> LABELS = List.of("music", "sport");

    /** A row and what was said of it. */
    private record Said(Fields truth, Prediction prediction) {}

    static Stream<Arguments> tasks() {
        return Stream.of(
                Arguments.of(
                        new TextClassification(),
                        List.of(
                                label("music", "music", 0.75f, 0.25f),
                                label("music", "sport", 0.25f, 0.75f),
                                label("sport", "sport", 0.5f, 0.5f),
                                label("chess", "sport", 0.25f, 0.75f)),
                        // Recall of music 1/2, of sport 1, of chess 0; precision 1, 1/3, 0.
                        Map.of(
                                "accuracy",
                                0.5,
                                "macro_f1",
                                (2 / 3.0 + 0.5 + 0) / 3,
                                "loss",
                                (-Math.log(0.75) - Math.log(0.25) - Math.log(0.5) - Math.log(Float.MIN_NORMAL)) / 4)),
                Arguments.of(
                        new EntityRecognition(0),
                        List.of(
                                tags(List.of("B-a", "I-a", "O"), List.of("B-a", "I-a", "O")),
                                tags(List.of("B-b", "O"), List.of("I-b", "O")),
                                tags(List.of("B-b", "O"), List.of("O", "B-b"))),
                        Map.of(
                                "f1",
                                2 / 3.0,
                                "precision",
                                2 / 3.0,
                                "recall",
                                2 / 3.0,
                                "macro_f1",
                                0.75,
                                "strict_f1",
                                2 * (0.5 * (1 / 3.0)) / (0.5 + 1 / 3.0))),
                Arguments.of(
                        new QuestionAnswering(0, 8, 8, 1),
                        List.of(
                                answer(List.of("the mill"), "Mill"),
                                answer(List.of("a red house", "1712"), "red brick"),
                                answer(List.of("1840"), "1712")),
                        Map.of("f1", (1 + 0.5 + 0) / 3, "exact_match", 1 / 3.0)),
                Arguments.of(
                        new MaskedLanguageModel(0.15),
                        List.of(
                                new Said(null, new Prediction.Guesses(2.0, 1, 2)),
                                new Said(null, new Prediction.Guesses(4.0, 0, 1))),
                        Map.of("accuracy", 1 / 3.0, "loss", 2.0)));
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void theScoreOfTheWholeIsThatOfItsPartsAndHasTheTasksMetricFirst(
            Task task, List<Said> rows, Map<String, Double> expected) {
        Score whole = task.score(LABELS);
        rows.forEach(row -> whole.add(row.truth(), row.prediction()));
        Score parts = task.score(LABELS);
        rows.forEach(row -> {
            Score part = task.score(LABELS);
            part.add(row.truth(), row.prediction());
            parts.add(part);
        });

        assertThat(whole.metrics()).containsOnlyKeys(expected.keySet());
        expected.forEach((metric, value) ->
                assertThat(whole.metrics().get(metric)).as(metric).isCloseTo(value, within(1e-9)));
        assertThat(parts.metrics()).isEqualTo(whole.metrics());
        assertThat(whole.metrics().keySet()).first().isEqualTo(task.metric());
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void aPredictionHasAValueForEachColumnOfItsTask(Task task, List<Said> rows) {
        for (Said row : rows) {
            List<Object> values = row.prediction().values();
            assertThat(values).hasSameSizeAs(task.predictions());
            for (int i = 0; i < values.size(); i++) {
                requireOf(task.predictions().get(i).type(), values.get(i));
            }
        }
    }

    @Test
    void relationsAlsoHaveTheirOfficialScore() {
        List<String> relations = List.of("Cause-Effect(e1,e2)", "Other");
        Score score = new TextClassification().score(relations);
        score.add(row("label", relations.get(0)), new Prediction.Label(relations.get(0), new float[] {1, 0}));
        score.add(row("label", "Other"), new Prediction.Label("Other", new float[] {0, 1}));

        assertThat(score.metrics()).containsEntry("official_f1", 1.0);
    }

    private static void requireOf(ValueType type, Object value) {
        if (type instanceof ValueType.ListOf list) {
            assertThat((List<?>) value).allSatisfy(element -> requireOf(list.element(), element));
        } else if (type instanceof ValueType.Struct struct) {
            List<?> fields = (List<?>) value;
            assertThat(fields).hasSameSizeAs(struct.fields());
            for (int i = 0; i < fields.size(); i++) {
                requireOf(struct.fields().get(i).type(), fields.get(i));
            }
        } else {
            Class<?> single =
                    switch ((ValueType.Single) type) {
                        case TEXT -> String.class;
                        case WHOLE -> Integer.class;
                        case DECIMAL -> Double.class;
                    };
            assertThat(value).isInstanceOf(single);
        }
    }

    private static Said label(String gold, String said, float... probabilities) {
        return new Said(row("label", gold), new Prediction.Label(said, probabilities));
    }

    private static Said tags(List<String> gold, List<String> said) {
        return new Said(
                row("tags", gold), new Prediction.Entities(said, List.of(new Prediction.Mention("a", "Oslo", 0, 4))));
    }

    private static Said answer(List<String> gold, String said) {
        return new Said(row("answers", gold), new Prediction.Answers(List.of(new Prediction.Answer(said, 0.5, 3, 7))));
    }

    private static Fields row(String column, Object value) {
        return new Line(Map.of(column, value));
    }
}
