package federa.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.text.Pieces;
import federa.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuestionAnsweringTest {

    private static final String CONTEXT = "The caf\u00e9 opened in 1873 \ud83d\ude00 near the old harbour of Bergen. "
            + "Its owner, Solveig Haugland, sold coffee and newspapers until 1904. ".repeat(6)
            + "Then a fire destroyed the wooden quarter, and the town hall bought the plot for 12,500 kroner.";
    private static final String QUESTION = "What did the town hall pay?";
    private static final String ANSWER = "12,500 kroner";

    private final QuestionAnswering task = new QuestionAnswering(16, 20, 8, 5);
    private final Reader reader = Line.reader(64);

    @Test
    void theAnswerIsReadWhereItIsTaught() {
        for (String answer : List.of(ANSWER, "1873", "caf\u00e9", "Bergen", "\ud83d\ude00")) {
            Line line = line(CONTEXT, QUESTION, answer);
            List<float[]> outputs = new ArrayList<>();
            for (Example example : task.examples(List.of(line), reader)) {
                float[] scores = new float[2 * example.length()];
                if (example.targets()[0] > 0) {
                    scores[2 * example.targets()[0]] = 10;
                    scores[2 * example.targets()[1] + 1] = 10;
                }
                outputs.add(scores);
            }
            Prediction.Answer best = best(task.windows(List.of(line), reader).get(0), outputs);
            assertThat(best.text()).isEqualTo(answer);
            assertThat(best.start()).isEqualTo(line.numbers("starts").get(0));
            assertThat(CONTEXT.substring(best.start(), best.end())).isEqualTo(answer);
        }
    }

    /** White space at its ends, and what a tokenizer drops, is no reason to teach that there is no answer. */
    @ParameterizedTest
    @ValueSource(strings = {"roberta-mini", "spm-tiny", "bert-tiny"})
    void theVisiblePartOfAnAnswerIsTaught(String name) {
        String context = " \n The tram leaves\u00a0 Oslo \u0001\ufffdnine\u200b at\tten.";
        try (Tokenizer tokenizer = Tokenizer.load(Path.of("src/test/resources/tokenizer", name))) {
            Reader other = new Reader(tokenizer, List.of(), 64);
            for (String answer : List.of(
                    "\u00a0 Oslo",
                    "Oslo ",
                    " Oslo ",
                    " \n The tram",
                    "\tten",
                    "nine\u200b",
                    "\u0001\ufffdnine",
                    "at\t")) {
                Line line = line(context, QUESTION, answer);
                Example example = task.examples(List.of(line), other).get(0);
                assertThat(example.targets()[0]).as(answer).isPositive();
                float[] scores = new float[2 * example.length()];
                scores[2 * example.targets()[0]] = 10;
                scores[2 * example.targets()[1] + 1] = 10;
                Prediction.Answer best = best(task.windows(List.of(line), other).get(0), List.of(scores));
                String visible = answer.replaceAll("[^A-Za-z ]", "").strip();
                assertThat(best.text().replaceAll("[^A-Za-z ]", "").strip()).isEqualTo(visible);
            }
        }
    }

    @Test
    void anAnswerThatNoTokenCoversIsLeftOut() {
        Line white = line("one  two", QUESTION, "  ");
        Line seen = line("one  two", QUESTION, "two");
        assertThat(task.examples(List.of(white), reader)).isEmpty();
        assertThat(task.examples(List.of(white, seen), reader))
                .hasSize(1)
                .allMatch(example -> example.targets()[0] > 0);
    }

    @Test
    void aWindowWithoutTheWholeAnswerPointsAtTheFirstToken() {
        List<Example> examples = task.examples(List.of(line(CONTEXT, QUESTION, ANSWER)), reader);
        assertThat(examples).hasSizeGreaterThan(3).allMatch(example -> example.length() <= 64);
        assertThat(examples)
                .filteredOn(example -> example.targets()[0] == 0)
                .hasSizeGreaterThan(2)
                .allMatch(example -> Arrays.equals(example.targets(), new int[] {0, 0}));
        assertThat(examples).anyMatch(example -> example.targets()[0] > 0);
    }

    @Test
    void noAnswerIsOutsideTheContextOrTooLong() {
        String context = CONTEXT.replace("\ud83d\ude00 ", ""); // which is four pieces of one place
        Pieces pieces = Line.TOKENIZER.pieces(context);
        Windows windows =
                task.windows(List.of(line(context, QUESTION, ANSWER)), reader).get(0);
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<float[]> outputs = new ArrayList<>();
            for (Example example : windows.examples()) {
                float[] scores = new float[2 * example.length()];
                for (int i = 0; i < scores.length; i++) {
                    scores[i] = (float) random.nextGaussian();
                }
                scores[0] = 100; // the first token, which is no answer
                scores[1] = 100;
                scores[2 * 3] = 100; // the question
                scores[2 * 4 + 1] = 100;
                outputs.add(scores);
            }
            List<Prediction.Answer> answers = ((Prediction.Answers) windows.predict(outputs)).answers();
            assertThat(answers).hasSize(5).allSatisfy(answer -> {
                assertThat(answer.text()).isEqualTo(context.substring(answer.start(), answer.end()));
                assertThat(IntStream.range(0, pieces.size())
                                .filter(i -> pieces.starts()[i] >= answer.start() && pieces.ends()[i] <= answer.end())
                                .count())
                        .isBetween(1L, 8L);
            });
            assertThat(answers).isSortedAccordingTo((a, b) -> Double.compare(b.probability(), a.probability()));
            assertThat(answers.stream()
                            .mapToDouble(Prediction.Answer::probability)
                            .sum())
                    .isCloseTo(1, org.assertj.core.api.Assertions.within(1e-9));
            assertThat(answers.stream().map(a -> List.of(a.start(), a.end())).distinct())
                    .hasSize(5);
        }
    }

    @Test
    void theBestSpanOfAllIsFound() {
        String context = "one two three four five six";
        Windows windows =
                task.windows(List.of(line(context, QUESTION, "two")), reader).get(0);
        Example only = windows.examples().get(0);
        Random random = new Random(5);
        float[] scores = new float[2 * only.length()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = random.nextFloat();
        }
        int offset = Line.TOKENIZER.leading() + Line.TOKENIZER.pieces(QUESTION).size() + Line.TOKENIZER.between();
        int tokens = Line.TOKENIZER.pieces(context).size();
        double highest = Double.NEGATIVE_INFINITY;
        for (int first = 0; first < tokens; first++) {
            for (int last = first; last < Math.min(tokens, first + 8); last++) {
                highest = Math.max(highest, scores[2 * (offset + first)] + scores[2 * (offset + last) + 1]);
            }
        }
        Prediction.Answer best = best(windows, List.of(scores));
        int[] starts = Line.TOKENIZER.pieces(context).starts();
        int[] ends = Line.TOKENIZER.pieces(context).ends();
        int first = Arrays.stream(starts).boxed().toList().indexOf(best.start());
        int last = Arrays.stream(ends).boxed().toList().indexOf(best.end());
        assertThat((double) scores[2 * (offset + first)] + scores[2 * (offset + last) + 1])
                .isCloseTo(highest, org.assertj.core.api.Assertions.within(1e-6));
    }

    @Test
    void aLongQuestionLosesItsEnd() {
        Line line = line("A short context.", "why ".repeat(200), "short");
        Example example = task.examples(List.of(line), reader).get(0);
        assertThat(example.length()).isLessThanOrEqualTo(64);
        assertThat(example.targets()[0]).isPositive();
    }

    @Test
    void anEmptyContextHasAnEmptyAnswer() {
        Windows windows = task.windows(List.of(new Line(Map.of("text", "", "question", QUESTION))), reader)
                .get(0);
        List<float[]> outputs = windows.examples().stream()
                .map(example -> new float[2 * example.length()])
                .toList();
        assertThat(best(windows, outputs)).isEqualTo(new Prediction.Answer("", 1, 0, 0));
    }

    @Test
    void aQuestionWithoutAnswersCannotBeTaught() {
        Line line = new Line(
                Map.of("id", "q1", "text", CONTEXT, "question", QUESTION, "answers", List.of(), "starts", List.of()));
        assertThatThrownBy(() -> task.examples(List.of(line), reader))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("q1");
    }

    private static Prediction.Answer best(Windows windows, List<float[]> outputs) {
        return ((Prediction.Answers) windows.predict(outputs)).answers().get(0);
    }

    private static Line line(String context, String question, String answer) {
        return new Line(Map.of(
                "id",
                "q",
                "text",
                context,
                "question",
                question,
                "answers",
                List.of(answer),
                "starts",
                List.of(context.indexOf(answer))));
    }
}
