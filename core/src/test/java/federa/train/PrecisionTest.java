package federa.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.Tiny;
import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.peft.Activation;
import federa.peft.BitFit;
import federa.peft.Federa;
import federa.peft.FrozenBase;
import federa.peft.FullFineTuning;
import federa.peft.Houlsby;
import federa.peft.Lora;
import federa.peft.Method;
import federa.peft.Pfeiffer;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.task.Example;
import federa.task.TextClassification;
import federa.tensor.TensorMap;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** bfloat16 beside float32: every method over both architectures. */
class PrecisionTest {

    /** Probabilities of a class may differ by this much: bfloat16 has 8 bits of mantissa. */
    private static final double BF16 = 0.01;

    private static final List<Example> EXAMPLES = Tiny.examples(16, 1);

    private static NDManager manager;
    private static BaseModel roberta;
    private static BaseModel deberta;

    @BeforeAll
    static void draw() {
        Torch.threads(1);
        manager = Torch.newManager(Device.cpu());
        roberta = BaseModel.random(manager, Tiny.config(0), 1);
        deberta = BaseModel.random(manager, Tiny.config("deberta-v2", 2, 0), 1);
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    static Stream<Arguments> methods() {
        return Stream.of(roberta, deberta).flatMap(base -> {
            Targets targets = new Targets(
                    base == roberta ? List.of("query", "value", "output.dense") : List.of("query_proj", "value_proj"));
            return Stream.of(
                            new Lora(4, 8, Scaling.STANDARD, targets),
                            new Federa(4, 8, Scaling.STANDARD, targets),
                            new Houlsby(4, Activation.GELU),
                            new Pfeiffer(4, Activation.RELU, Pfeiffer.Placement.ADAPTER_HUB),
                            new Pfeiffer(4, Activation.RELU, Pfeiffer.Placement.SIMPLE),
                            new BitFit(),
                            new FullFineTuning())
                    .map(method -> Arguments.of(base.config().modelType(), method));
        });
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("methods")
    void theFirstRoundPredictsAlmostTheSame(String modelType, Method method) {
        BaseModel base = modelType.equals("roberta") ? roberta : deberta;
        TensorMap global = Tiny.global(base, method);
        List<float[]> expected = probabilities(base, method, global, Precision.FP32);
        for (Precision narrow : List.of(Precision.BF16, Precision.BF16_STORAGE)) {
            List<float[]> got = probabilities(base, method, global, narrow);
            double farthest = 0;
            for (int i = 0; i < expected.size(); i++) {
                farthest = Math.max(farthest, Tiny.farthest(expected.get(i), got.get(i)));
            }
            assertThat(farthest).as("%s", narrow).isLessThan(BF16);
            if (!(method instanceof FullFineTuning
                    && narrow == Precision.BF16_STORAGE)) { // nothing is frozen, so nothing narrowed
                assertThat(farthest).as("%s", narrow).isGreaterThan(0);
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("methods")
    void trainingLowersTheLossAlike(String modelType, Method method) {
        BaseModel base = modelType.equals("roberta") ? roberta : deberta;
        TensorMap global = Tiny.global(base, method);
        double before = loss(probabilities(base, method, global, Precision.FP32));
        double full = loss(train(base, method, global, Precision.FP32));
        assertThat(full).isLessThan(0.9 * before);
        for (Precision narrow : List.of(Precision.BF16, Precision.BF16_STORAGE)) {
            assertThat(loss(train(base, method, global, narrow)))
                    .as("%s", narrow)
                    .isCloseTo(full, within(0.1 * (before - full)));
        }
    }

    /** The mean cross entropy. */
    private static double loss(List<float[]> probabilities) {
        return IntStream.range(0, EXAMPLES.size())
                .mapToDouble(i -> -Math.log(probabilities.get(i)[EXAMPLES.get(i).targets()[0]]))
                .average()
                .orElseThrow();
    }

    private static List<float[]> probabilities(BaseModel base, Method method, TensorMap global, Precision precision) {
        try (FrozenBase frozen = new FrozenBase(base, method, method.anchor(global), precision);
                ClientModel model = new ClientModel(frozen, global, HeadKind.SEQUENCE, Tiny.LABELS, 0)) {
            return new Scorer(model, new TextClassification()).outputs(EXAMPLES, 8);
        }
    }

    /** The probabilities after training. */
    private static List<float[]> train(BaseModel base, Method method, TensorMap global, Precision precision) {
        LocalTraining settings = new LocalTraining(30, 8, 1e-2, 0.1, 1, false, OptimizerConfig.AdamW.standard());
        try (FrozenBase frozen = new FrozenBase(base, method, method.anchor(global), precision);
                ClientModel model = new ClientModel(frozen, global, HeadKind.SEQUENCE, Tiny.LABELS, 7);
                LocalTrainer trainer = new LocalTrainer(model, new TextClassification(), settings)) {
            trainer.train(pass -> EXAMPLES, 7);
            return new Scorer(model, new TextClassification()).outputs(EXAMPLES, 8);
        }
    }
}
