package federa.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.Tiny;
import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.federated.Aggregate;
import federa.federated.FederatedAlgorithm;
import federa.federated.FrLora;
import federa.federated.Mean;
import federa.federated.ServerState;
import federa.peft.Federa;
import federa.peft.FrozenBase;
import federa.peft.Method;
import federa.peft.OrdinaryLora;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.random.Draw;
import federa.random.Seeds;
import federa.task.Example;
import federa.task.TextClassification;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.Plain;
import federa.train.Scorer;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A model whose frozen weights have changed computes what the factors would have computed that they took over. */
class ChangedBaseTest {

    private static final Method METHOD =
            new Federa(3, 6, Scaling.STANDARD, new Targets(List.of("query", "intermediate.dense")));
    private static final List<Example> EXAMPLES = Tiny.examples(6, 3);

    @Test
    void aRestartedModelComputesAndExportsWhatTheAveragedOneDid() {
        Torch.threads(1);
        try (NDManager manager = Torch.newManager(Device.cpu());
                BaseModel base = BaseModel.random(manager, Tiny.config(0), 1)) {
            TensorMap start = Tiny.global(base, METHOD);
            TensorMap anchor = METHOD.anchor(start);
            SortedMap<String, Tensor> moved = new TreeMap<>();
            start.asMap().forEach((name, tensor) ->
                    moved.put(name, tensor.plus(Draw.normal(0.1, Seeds.of(2, name), tensor.shape()))));
            TensorMap averaged = new TensorMap(moved);
            FederatedAlgorithm algorithm = new FrLora().algorithm(METHOD, new Plain(), new Mean());
            ServerState state = algorithm.apply(algorithm.init(start), new Aggregate(averaged, List.of()), 1);
            try (FrozenBase frozen = new FrozenBase(base, METHOD, anchor, Precision.FP32);
                    FrozenBase changed = frozen.changed(state.baseDelta())) {
                assertThat(Tiny.farthest(outputs(changed, state.trainable()), outputs(frozen, averaged)))
                        .isLessThan(1e-5);
                assertThat(Tiny.farthest(outputs(frozen, start), outputs(frozen, averaged)))
                        .as("else it says nothing")
                        .isGreaterThan(1e-3);
                String bias = Tiny.QUERY + ".bias";
                assertThat(changed.tensor(bias)).as("shared, not copied").isSameAs(frozen.tensor(bias));
            }
            TrainedModel restarted = new TrainedModel(
                    base,
                    Path.of("none"),
                    HeadKind.SEQUENCE,
                    List.of("a", "b", "c"),
                    32,
                    METHOD,
                    state.trainable(),
                    anchor,
                    state.baseDelta());
            TensorMap expected = METHOD.merged(base, averaged, anchor);
            restarted.merged().asMap().forEach((name, tensor) -> assertThat(
                            Tiny.farthest(tensor.values(), expected.get(name).values()))
                    .as(name)
                    .isLessThan(1e-5));
            assertThat(restarted.merged().asMap().keySet())
                    .isEqualTo(expected.asMap().keySet())
                    .noneMatch(OrdinaryLora::isFactor);
            assertThatThrownBy(restarted::lora)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("use --format hugging-face or djl");
        }
    }

    private static float[] outputs(FrozenBase frozen, TensorMap trained) {
        try (ClientModel model = new ClientModel(frozen, trained, HeadKind.SEQUENCE, Tiny.LABELS, 1)) {
            List<float[]> rows = new Scorer(model, new TextClassification(), Tiny.PAD).outputs(EXAMPLES, 6);
            float[] all = new float[rows.size() * Tiny.LABELS];
            for (int i = 0; i < rows.size(); i++) {
                System.arraycopy(rows.get(i), 0, all, i * Tiny.LABELS, Tiny.LABELS);
            }
            return all;
        }
    }
}
