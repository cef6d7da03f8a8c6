package federa.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.Tiny;
import federa.encoder.Architecture;
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
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.task.Example;
import federa.task.TextClassification;
import federa.tensor.TensorMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers that are computed twice instead of kept: every method over both architectures. */
class GradientCheckpointingTest {

    private static final List<Example> EXAMPLES = Tiny.examples(24, 1);

    private static NDManager manager;
    private static BaseModel roberta;
    private static BaseModel deberta;

    @BeforeAll
    static void draw() {
        Torch.threads(1);
        manager = Torch.newManager(Device.cpu());
        roberta = BaseModel.random(manager, Tiny.config(Architecture.ROBERTA, 4, 0.2), 1);
        deberta = BaseModel.random(manager, Tiny.config(Architecture.DEBERTA_V2, 4, 0.2), 1);
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    static Stream<Arguments> methods() {
        return Stream.of(roberta, deberta).flatMap(base -> {
            String part = base == roberta ? "query" : "query_proj";
            return Stream.of(
                            new Lora(4, 8, Scaling.STANDARD, new Targets(List.of(part))),
                            new Lora(4, 8, Scaling.STANDARD, new Targets(List.of(".*layer\\.2\\..*" + part))),
                            new Federa(4, 8, Scaling.STANDARD, new Targets(List.of(part))),
                            new Houlsby(4, Activation.GELU),
                            new BitFit(),
                            new FullFineTuning())
                    .flatMap(method -> Stream.of(Precision.values())
                            .map(precision -> Arguments.of(base.config().architecture(), method, precision)));
        });
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("methods")
    void trainingIsTheSameToTheBit(Architecture architecture, Method method, Precision precision) {
        assertThat(trained(architecture, method, precision, true).sha256())
                .isEqualTo(trained(architecture, method, precision, false).sha256());
    }

    /** What two passes over the examples make of round 0; nothing that they made is left. */
    private static TensorMap trained(
            Architecture architecture, Method method, Precision precision, boolean gradientCheckpointing) {
        BaseModel base = architecture == Architecture.ROBERTA ? roberta : deberta;
        TensorMap global = Tiny.global(base, method);
        LocalTraining settings =
                new LocalTraining(1, 8, 1e-2, 0, 1, gradientCheckpointing, OptimizerConfig.AdamW.standard());
        try (FrozenBase frozen = new FrozenBase(base, method, method.anchor(global), precision);
                ClientModel model = new ClientModel(frozen, global, HeadKind.SEQUENCE, Tiny.LABELS, 7, settings::pass);
                LocalTrainer trainer = new LocalTrainer(model, new TextClassification(), Tiny.PAD, settings)) {
            trainer.train(pass -> EXAMPLES, 7);
            int arrays = manager.getManagedArrays().size();
            trainer.train(pass -> EXAMPLES, 8);
            assertThat(manager.getManagedArrays()).hasSize(arrays);
            return model.snapshot();
        }
    }
}
