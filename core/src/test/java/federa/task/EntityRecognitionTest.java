package federa.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.text.Pieces;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntityRecognitionTest {

    private static final String[] LABELS = {"O", "B-LOC", "I-LOC", "B-PER", "I-PER"};

    private final EntityRecognition task = new EntityRecognition(8);

    @Test
    void everyWordHasItsTargetAtItsFirstPieceOnly() {
        String text = "Agnieszka Szczepanska moved to Wolverhampton yesterday";
        Line line = line(text, "B-PER", "I-PER", "O", "O", "B-LOC", "O");
        Example example = task.examples(List.of(line), Line.reader(64, LABELS)).get(0);
        Pieces pieces = Line.TOKENIZER.pieces(text);
        assertThat(pieces.size()).isGreaterThan(6); // some word has more than one piece

        List<Integer> targets = new ArrayList<>();
        for (int t = 0; t < example.length(); t++) {
            int piece = t - Line.TOKENIZER.leading();
            boolean first = piece >= 0
                    && piece < pieces.size()
                    && (pieces.starts()[piece] == 0 || text.charAt(pieces.starts()[piece] - 1) == ' ');
            assertThat(example.targets()[t] != Example.NONE).as("token %d", t).isEqualTo(first);
            if (first) {
                targets.add(example.targets()[t]);
            }
        }
        assertThat(targets).containsExactly(3, 4, 0, 0, 1, 0);
    }

    @Test
    void inALongSentenceEveryWordHasOneTarget() {
        Line line = random(400, 1);
        List<Example> examples = task.examples(List.of(line), Line.reader(32, LABELS));
        assertThat(examples)
                .hasSizeGreaterThan(10)
                .allMatch(example -> example.length() <= 32)
                .allMatch(example -> example.ids().length == example.targets().length);
        assertThat(examples.stream()
                        .flatMapToInt(example -> Arrays.stream(example.targets()))
                        .filter(target -> target != Example.NONE)
                        .count())
                .isEqualTo(400);
    }

    @Test
    void predictionsAreReadWhereTargetsAreWritten() {
        Line line = random(400, 2);
        Reader reader = Line.reader(32, LABELS);
        List<Example> taught = task.examples(List.of(line), reader);
        Windows windows = task.windows(List.of(line), reader).get(0);
        assertThat(windows.examples()).hasSameSizeAs(taught);
        Random random = new Random(3);
        List<float[]> outputs = new ArrayList<>();
        for (int i = 0; i < taught.size(); i++) {
            assertThat(windows.examples().get(i).ids())
                    .containsExactly(taught.get(i).ids());
            outputs.add(oneHot(taught.get(i).targets(), random));
        }
        Prediction.Entities predicted = (Prediction.Entities) windows.predict(outputs);
        assertThat(predicted.tags()).isEqualTo(line.texts("tags"));
    }

    @Test
    void mentionsAreWhereTheyStandInTheText() {
        String text = "😀 in S\u00e3o Paulo met 李 Wei";
        Line line = line(text, "O", "O", "B-LOC", "I-LOC", "O", "B-PER", "I-PER");
        Reader reader = Line.reader(64, LABELS);
        Windows windows = task.windows(List.of(line), reader).get(0);
        int[] targets = task.examples(List.of(line), reader).get(0).targets();
        Prediction.Entities predicted = (Prediction.Entities) windows.predict(List.of(oneHot(targets, new Random(1))));
        assertThat(predicted.entities())
                .extracting(Prediction.Mention::type, Prediction.Mention::text)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("LOC", "S\u00e3o Paulo"),
                        org.assertj.core.groups.Tuple.tuple("PER", "李 Wei"));
        assertThat(predicted.entities())
                .allSatisfy(mention -> assertThat(text.substring(mention.start(), mention.end()))
                        .isEqualTo(mention.text()));
    }

    @Test
    void aTextWithoutWordsHasNoTags() {
        for (String text : List.of("", "   ", "\t\n")) {
            Windows windows =
                    task.windows(List.of(line(text)), Line.reader(32, LABELS)).get(0);
            assertThat(windows.examples()).hasSize(1);
            Prediction.Entities predicted = (Prediction.Entities)
                    windows.predict(List.of(new float[windows.examples().get(0).length() * LABELS.length]));
            assertThat(predicted.tags()).isEmpty();
            assertThat(predicted.entities()).isEmpty();
            assertThat(task.examples(List.of(line(text)), Line.reader(32, LABELS)))
                    .isEmpty();
        }
    }

    @Test
    void tagsThatDoNotFitAreNamed() {
        Reader reader = Line.reader(32, LABELS);
        assertThatThrownBy(() -> task.examples(List.of(line("two words", "O")), reader))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("example line has 2 words and 1 tags; each word needs one");
        assertThatThrownBy(() -> task.examples(List.of(line("word", "B-ORG")), reader))
                .hasMessageContaining("has the tag 'B-ORG', which is not one of the run's");
    }

    /** A probability of 1 for every target, and anything where there is none. */
    private static float[] oneHot(int[] targets, Random random) {
        float[] output = new float[targets.length * LABELS.length];
        for (int t = 0; t < targets.length; t++) {
            int label = targets[t] == Example.NONE ? random.nextInt(LABELS.length) : targets[t];
            output[t * LABELS.length + label] = 1;
        }
        return output;
    }

    private static Line random(int words, long seed) {
        Random random = new Random(seed);
        List<String> text = new ArrayList<>();
        String[] tags = new String[words];
        String[] vocabulary = {"Ouagadougou", "the", "antidisestablishmentarianism", "of", "Xhosa", "ran", "42nd"};
        for (int i = 0; i < words; i++) {
            text.add(vocabulary[random.nextInt(vocabulary.length)]);
            tags[i] = LABELS[random.nextInt(LABELS.length)];
        }
        return line(String.join(" ", text), tags);
    }

    private static Line line(String text, String... tags) {
        return new Line(Map.of("id", "line", "text", text, "tags", List.of(tags)));
    }
}
