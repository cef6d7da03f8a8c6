package federa.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.translate.NoopTranslator;
import ai.djl.util.Pair;
import federa.Tiny;
import federa.engine.GradMode;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.peft.FrozenBase;
import federa.peft.Lora;
import federa.peft.Method;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.task.Batch;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The classifier as what it is: a block of DJL, usable by DJL's own Model and Predictor. */
class HeadedEncoderTest {

    private static final Method LORA = new Lora(2, 4, Scaling.STANDARD, new Targets(List.of("query", "value")));

    private NDManager manager;
    private BaseModel base;
    private FrozenBase frozen;
    private ClientModel client;

    @BeforeEach
    void build() {
        Torch.threads(1);
        manager = Torch.newManager(Device.cpu());
        base = BaseModel.random(manager, Tiny.config(0.1), 1);
        frozen = new FrozenBase(base, LORA, TensorMap.empty(), Precision.FP32);
        client = new ClientModel(frozen, Tiny.global(base, LORA), HeadKind.SEQUENCE, Tiny.LABELS, 1);
    }

    @AfterEach
    void close() {
        client.close();
        frozen.close();
        manager.close();
    }

    @Test
    void aDjlModelPredictsWithIt() throws Exception {
        HeadedEncoder classifier = client.encoder();
        try (GradMode off = GradMode.off();
                NDManager scope = manager.newSubManager()) {
            EncoderInput input = new Batch(Tiny.examples(4, 1)).input(scope);
            float[] expected = classifier.logits(input, false).toFloatArray();
            try (Model model = Model.newInstance("tiny", "PyTorch")) {
                model.setBlock(classifier);
                try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator())) {
                    NDList logits = predictor.predict(input.toList());
                    assertThat(logits.singletonOrThrow().getShape()).isEqualTo(new Shape(4, Tiny.LABELS));
                    assertThat(logits.singletonOrThrow().toFloatArray()).containsExactly(expected);
                    logits.close();
                }
            }
            // the shared arrays are not the DJL model's to free
            assertThat(classifier.logits(input, false).toFloatArray()).containsExactly(expected);
        }
    }

    @Test
    void forwardThroughAParameterStoreEqualsTheDirectCall() {
        try (GradMode off = GradMode.off();
                NDManager scope = manager.newSubManager()) {
            EncoderInput input = new Batch(Tiny.examples(4, 1)).input(scope);
            NDList logits = client.encoder().forward(new ParameterStore(scope, false), input.toList(), false);
            assertThat(logits.singletonOrThrow().toFloatArray())
                    .containsExactly(client.encoder().logits(input, false).toFloatArray());
        }
    }

    @Test
    void itsOutputShapeIsKnownWithoutRunningIt() {
        Shape[] shapes = client.encoder().getOutputShapes(new Shape[] {new Shape(7, 12)});
        assertThat(shapes).containsExactly(new Shape(7, Tiny.LABELS));
        assertThat(client.encoder().isInitialized()).isTrue();
    }

    @Test
    void itsParametersAreTheTensorsByNameAndOnlyTheTrainedOnesWantGradients() {
        Map<String, long[]> expected =
                new java.util.TreeMap<>(base.config().family().encoderShapes(base.config()));
        client.trained()
                .forEach((name, array) -> expected.put(name, array.getShape().getShape()));
        List<Parameter> parameters = client.encoder().getParameters().values();
        assertThat(parameters.stream().map(Parameter::getName)).containsExactlyInAnyOrderElementsOf(expected.keySet());
        for (Pair<String, Parameter> pair : client.encoder().getParameters()) {
            Parameter parameter = pair.getValue();
            assertThat(parameter.getArray().getShape().getShape())
                    .as(parameter.getName())
                    .isEqualTo(expected.get(parameter.getName()));
            assertThat(parameter.requiresGradient())
                    .as(parameter.getName())
                    .isEqualTo(client.trained().containsKey(parameter.getName()));
        }
    }

    @Test
    void dropoutActsWhileTrainingOnly() {
        try (GradMode off = GradMode.off();
                NDManager scope = manager.newSubManager()) {
            EncoderInput input = new Batch(Tiny.examples(4, 1)).input(scope);
            HeadedEncoder classifier = client.encoder();
            float[] scored = classifier.logits(input, false).toFloatArray();
            assertThat(classifier.logits(input, false).toFloatArray()).containsExactly(scored);
            float[] trained = classifier.logits(input, true).toFloatArray();
            assertThat(trained).isNotEqualTo(scored);
            assertThat(classifier.logits(input, true).toFloatArray()).isNotEqualTo(trained); // a mask of its own
        }
    }

    @Test
    void globalTensorsMustFitTheModel() {
        TensorMap global = Tiny.global(base, LORA);
        assertThatThrownBy(() -> new ClientModel(frozen, global, HeadKind.SEQUENCE, Tiny.LABELS + 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the tensor classifier.out_proj.weight has shape (3, 16), expected (4, 16)");
        TensorMap headless = global.where(name -> !name.startsWith("classifier.dense"));
        assertThatThrownBy(() -> new ClientModel(frozen, headless, HeadKind.SEQUENCE, Tiny.LABELS, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has the tensor classifier.dense.weight");
        TensorMap strange = global.with(new TensorMap(Map.of("classifier.extra", global.get("classifier.dense.bias"))));
        assertThatThrownBy(() -> new ClientModel(frozen, strange, HeadKind.SEQUENCE, Tiny.LABELS, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the model has no place for the tensor classifier.extra");
    }
}
