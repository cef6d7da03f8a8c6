package federa.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.engine.GradMode;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.peft.FrozenBase;
import federa.peft.FullFineTuning;
import federa.tensor.TensorMap;
import federa.text.Tokenizer;
import federa.train.ClientModel;
import federa.train.Scorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskedLanguageModelTest {

    private static final List<String> TEXTS = List.of(
            "The government said on Monday that it will hold new elections in the spring of next year.",
            "The church was built in the early 19th century and is one of the oldest buildings in the town.",
            "He was born in London and studied at the University of Oxford before he moved to the United States.",
            "The team won the first game of the season, but lost the second one by two goals to one.",
            "Police said that two people were killed and several others were injured when a bomb exploded.",
            "The river flows through the city and into the sea, about ten miles to the south of the border.");

    private final MaskedLanguageModel task = new MaskedLanguageModel(0.15);
    private final Reader reader = Line.reader(64);

    @Test
    void aLongTextTrainsInPartsThatTogetherAreTheText() {
        String text = String.join(" ", TEXTS);
        List<Example> parts = task.examples(List.of(line(text)), Line.reader(16));
        int[] all = parts.stream()
                .flatMapToInt(part -> Arrays.stream(part.targets()).filter(target -> target != Example.NONE))
                .toArray();
        assertThat(parts).hasSizeGreaterThan(4).allMatch(part -> part.length() <= 16);
        assertThat(all).containsExactly(Line.TOKENIZER.pieces(text).ids());
    }

    @Test
    void theChosenShareIsHiddenAsBertHidesIt() {
        List<Example> whole = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            whole.addAll(task.examples(List.of(line(TEXTS.get(i % TEXTS.size()))), reader));
        }
        List<Example> hidden = task.pass(whole, reader, 1);
        int content = 0;
        int chosen = 0;
        int masked = 0;
        int kept = 0;
        for (int i = 0; i < whole.size(); i++) {
            Example before = whole.get(i);
            Example after = hidden.get(i);
            assertThat(Arrays.stream(after.targets())).anyMatch(target -> target != Example.NONE);
            for (int t = 0; t < before.length(); t++) {
                content += before.targets()[t] == Example.NONE ? 0 : 1;
                if (after.targets()[t] == Example.NONE) {
                    assertThat(after.ids()[t]).isEqualTo(before.ids()[t]);
                } else {
                    assertThat(after.targets()[t]).isEqualTo(before.ids()[t]);
                    assertThat(after.ids()[t]).isNotEqualTo(Line.TOKENIZER.padId());
                    chosen++;
                    masked += after.ids()[t] == Line.TOKENIZER.maskId() ? 1 : 0;
                    kept += after.ids()[t] == before.ids()[t] ? 1 : 0;
                }
            }
        }
        // One token of each text is always chosen, the others with the share.
        double expected = 0.15 + 0.85 * whole.size() / content;
        assertThat((double) chosen / content).isCloseTo(expected, within(0.02));
        assertThat((double) masked / chosen).isCloseTo(0.8, within(0.04));
        assertThat((double) kept / chosen).isCloseTo(0.1, within(0.03));
    }

    @Test
    void eachPassHidesOtherTokensAndASeedAlwaysTheSame() {
        List<Example> whole =
                task.examples(TEXTS.stream().map(MaskedLanguageModelTest::line).toList(), reader);
        assertThat(targets(task.pass(whole, reader, 1))).isDeepEqualTo(targets(task.pass(whole, reader, 1)));
        assertThat(targets(task.pass(whole, reader, 2))).isNotEqualTo(targets(task.pass(whole, reader, 1)));
    }

    @Test
    void whatIsHiddenForScoringDependsOnTheTextAlone() {
        Example alone = task.windows(List.of(line(TEXTS.get(2))), reader)
                .get(0)
                .examples()
                .get(0);
        Example among = task.windows(
                        TEXTS.stream().map(MaskedLanguageModelTest::line).toList(), reader)
                .get(2)
                .examples()
                .get(0);
        assertThat(among.ids()).containsExactly(alone.ids());
        assertThat(among.targets()).containsExactly(alone.targets());
    }

    /** The stored head and the tied embeddings are what the weights were trained with: chance would be 1 in 8,192. */
    @ParameterizedTest
    @ValueSource(strings = {"roberta-mini", "deberta-v3-mini"})
    void theEmbeddedModelsGuessHiddenWords(String name) {
        try (NDManager manager = Torch.newManager(Device.cpu());
                BaseModel base = BaseModel.load(manager, Line.model(name));
                Tokenizer tokenizer = Tokenizer.load(Line.model(name));
                FrozenBase frozen = new FrozenBase(base, new FullFineTuning(), TensorMap.empty(), Precision.FP32);
                ClientModel model = new ClientModel(
                        frozen, base.initialHead(HeadKind.VOCABULARY, 0, 1), HeadKind.VOCABULARY, 0, 1);
                GradMode off = GradMode.off()) {
            Reader own = new Reader(tokenizer, List.of(), 64);
            List<Windows> windows = new MaskedLanguageModel(0.3)
                    .windows(TEXTS.stream().map(MaskedLanguageModelTest::line).toList(), own);
            double correct = 0;
            double tokens = 0;
            for (Prediction prediction : new Scorer(model, task).predict(windows, 4)) {
                correct += ((Prediction.Guesses) prediction).correct();
                tokens += ((Prediction.Guesses) prediction).tokens();
            }
            assertThat(correct / tokens).as("%.0f of %.0f", correct, tokens).isGreaterThan(0.25);
        }
    }

    private static int[][] targets(List<Example> examples) {
        return examples.stream().map(Example::targets).toArray(int[][]::new);
    }

    private static Line line(String text) {
        return new Line(Map.of("text", text));
    }
}
