package federa.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.encoder.HeadKind;
import federa.encoder.ModelRef;
import federa.engine.DeviceChoice;
import federa.engine.Precision;
import federa.fixture.TinyModel;
import federa.peft.Federa;
import federa.peft.Method;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.random.Draw;
import federa.task.Example;
import federa.task.Task;
import federa.task.TextClassification;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.Scorer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.RowFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunModelTest {

    private static final Configuration HADOOP = new Configuration();
    private static final Task TASK = new TextClassification();
    private static final List<String> LABELS = List.of("one", "two", "three");
    private static final List<String> TEXTS = List.of("a text about nothing", "another one, a little longer");

    private static final Placement PLACE = new Placement(true, 0, false, 1, DeviceChoice.CPU);

    private static final Offset<Float> FP32 = Offset.offset(1e-5f);

    @TempDir
    static Path directory;

    private static ModelRef first;
    private static ModelRef second;

    @BeforeAll
    static void write() {
        first = model("first", 1);
        second = model("second", 2);
    }

    @Test
    void tasksOfARunShareItsFrozenWeights() {
        RunContext run = run("shared", first, federa(4));

        try (RunModel one = RunModel.open(run, TensorMap.empty(), HADOOP);
                RunModel two = RunModel.open(run, TensorMap.empty(), HADOOP)) {
            assertThat(one.base()).isSameAs(two.base());
        }
    }

    @Test
    void theModelOfRoundZeroIsThePretrainedOne() {
        assertClose(score(run("rank-4", first, federa(4))), score(run("rank-8", first, federa(8))));
    }

    @Test
    void aRunOfTheSameNameOverAnotherModelOrMethodHasItsOwnFrozenWeights() {
        score(run("run", first, federa(4)));

        assertThat(score(run("run", first, federa(8)))).isDeepEqualTo(score(run("fresh", first, federa(8))));
        assertThat(score(run("run", second, federa(8)))).isDeepEqualTo(score(run("fresh too", second, federa(8))));
    }

    @Test
    void eachRoundSeesItsOwnChangeOfTheFrozenWeights() {
        RunContext run = run("changes", first, federa(4));
        float[][] unchanged = score(run);
        String name = "roberta.encoder.layer.0.attention.self.query.weight";
        List<float[][]> rounds = new ArrayList<>();
        for (int round = 1; round <= 3; round++) {
            Tensor change =
                    Draw.normal(0.5, round, LoadedModel.of(first, HADOOP).base().shape(name));
            rounds.add(score(run, new TensorMap(Map.of(name, change))));
        }
        assertThat(rounds.get(0))
                .satisfies(now -> assertThat(Arrays.deepEquals(now, unchanged)).isFalse());
        assertThat(rounds.get(1)).satisfies(now -> assertThat(Arrays.deepEquals(now, rounds.get(0)))
                .isFalse());
        assertThat(rounds.get(2)).satisfies(now -> assertThat(Arrays.deepEquals(now, rounds.get(1)))
                .isFalse());
        Tensor change = Draw.normal(0.5, 1, LoadedModel.of(first, HADOOP).base().shape(name));
        assertThat(score(run, new TensorMap(Map.of(name, change)))).isDeepEqualTo(rounds.get(0));
        assertThat(score(run)).isDeepEqualTo(unchanged);
    }

    @Test
    void aLongestTextThatTheModelHasNoPositionsForIsRefused() {
        RunContext run =
                new RunContext("long", first, TASK, federa(4), TensorMap.empty(), LABELS, 65, PLACE, Precision.FP32, 1);

        assertThatThrownBy(() -> RunModel.open(run, TensorMap.empty(), HADOOP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("data.max-tokens is 65, but the model has positions for 64 tokens; set it to 64 or less");
    }

    @Test
    void textsAreCutToTheLongest() {
        RunContext run = new RunContext(
                "short",
                first,
                TASK,
                federa(4),
                federa(4).initial(LoadedModel.of(first, HADOOP).base(), 1),
                LABELS,
                4,
                PLACE,
                Precision.FP32,
                1);

        try (RunModel shared = RunModel.open(run, TensorMap.empty(), HADOOP)) {
            assertThat(examples(shared))
                    .hasSize(2)
                    .allSatisfy(example ->
                            assertThat(example.ids()).hasSize(4).startsWith(0).endsWith(2));
        }
    }

    /** What a run's round-0 model says, with the frozen weights as this process shares them. */
    private static float[][] score(RunContext run) {
        return score(run, TensorMap.empty());
    }

    private static float[][] score(RunContext run, TensorMap baseDelta) {
        TensorMap global = initial(run.model(), run.method());
        try (RunModel shared = RunModel.open(run, baseDelta, HADOOP);
                ClientModel model = shared.bind(global, 1)) {
            return new Scorer(model, TASK).outputs(examples(shared), 2).toArray(float[][]::new);
        }
    }

    private static List<Example> examples(RunModel shared) {
        List<RowFields> rows = TEXTS.stream()
                .map(text -> new RowFields(RowFactory.create(text), Map.of("text", 0)))
                .toList();
        return TASK.windows(rows, shared.reader()).stream()
                .flatMap(windows -> windows.examples().stream())
                .toList();
    }

    private static void assertClose(float[][] actual, float[][] expected) {
        for (int row = 0; row < expected.length; row++) {
            assertThat(actual[row]).containsExactly(expected[row], FP32);
        }
    }

    private static RunContext run(String id, ModelRef model, Method method) {
        return new RunContext(
                id, model, TASK, method, method.anchor(initial(model, method)), LABELS, 64, PLACE, Precision.FP32, 1);
    }

    private static TensorMap initial(ModelRef model, Method method) {
        LoadedModel loaded = LoadedModel.of(model, HADOOP);
        return method.initial(loaded.base(), 1).with(loaded.base().initialHead(HeadKind.SEQUENCE, LABELS.size(), 1));
    }

    private static Federa federa(int rank) {
        return new Federa(rank, 4, Scaling.STANDARD, new Targets(List.of("query", "value")));
    }

    private static ModelRef model(String name, long seed) {
        Path written = TinyModel.write(directory.resolve(name), seed);
        return new ModelRef(name, written.toUri().toString(), "digest of " + name);
    }
}
