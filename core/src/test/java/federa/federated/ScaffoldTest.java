package federa.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.Tiny;
import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.peft.BitFit;
import federa.peft.Federa;
import federa.peft.FrozenBase;
import federa.peft.Method;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.random.Draw;
import federa.random.Seeds;
import federa.task.Batch;
import federa.task.TextClassification;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.CorrectedGradients;
import federa.train.FedProx;
import federa.train.LocalAlgorithm;
import federa.train.LocalTrainer;
import federa.train.LocalTraining;
import federa.train.OptimizerConfig;
import federa.train.Plain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** {@link Scaffold}: the server on a layer of 3 x 5 with unequal weights, a client on a small model. */
class ScaffoldTest {

    private static final int CLIENTS = 6;
    private static final double RATE = 0.05;
    private static final Method FEDERA = new Federa(4, 8, Scaling.STANDARD, new Targets(List.of("query", "value")));

    private final FederatedAlgorithm scaffold =
            new Scaffold().algorithm(new BitFit(), new Plain(), new Mean()).among(CLIENTS);

    @Test
    void theServersVariateIsTheMeanOfAllClientsAndThePapersRunningSum() {
        ServerState state = scaffold.init(new TensorMap(Map.of("a", Draw.normal(1, 1, 3, 5))));
        double[] running = new double[15];
        Map<Integer, float[]> last = new TreeMap<>();
        int[][] cohorts = {{0, 2, 5}, {1, 2}, {0, 5}, {2}};
        for (int round = 1; round <= cohorts.length; round++) {
            for (int client : cohorts[round - 1]) {
                float[] now = variate(round, client).values();
                float[] before = last.getOrDefault(client, new float[15]);
                for (int i = 0; i < 15; i++) {
                    running[i] += ((double) now[i] - before[i]) / CLIENTS;
                }
                last.put(client, now);
            }
            Aggregate aggregate = aggregate(round, cohorts[round - 1]);
            ServerState next = scaffold.apply(state, aggregate, round);
            assertThat(next.trainable().get("a").values())
                    .as("the model is the weighted mean, to the bit")
                    .isEqualTo(aggregate.tensors().get("a").values());
            for (int i = 0; i < 15; i++) {
                int element = i;
                float ofServer = next.memory().get("variate/a").values()[i];
                assertThat((double) ofServer).isCloseTo(running[i], within(1e-6));
                assertThat(last.keySet().stream()
                                .mapToDouble(client -> next.memory()
                                        .get("client-" + client + "/variate/a")
                                        .values()[element])
                                .sum())
                        .isCloseTo((double) CLIENTS * ofServer, within(1e-5));
            }
            assertThat(scaffold.apply(ServerState.of(state.parts()), aggregate, round)
                            .sha256())
                    .as("from what is stored")
                    .isEqualTo(next.sha256());
            state = next;
        }
        assertThat(state.memory().asMap())
                .containsOnlyKeys(
                        "variate/a",
                        "client-0/variate/a",
                        "client-1/variate/a",
                        "client-2/variate/a",
                        "client-5/variate/a");
    }

    @Test
    void aClientIsSentTheServersVariateLessItsOwnAndOneThatIsNewTheServers() {
        ServerState start = scaffold.init(new TensorMap(Map.of("a", Draw.normal(1, 1, 3, 5))));
        ServerState state = scaffold.apply(start, aggregate(1, 0, 2, 5), 1);

        float[] ofServer = state.memory().get("variate/a").values();
        TensorMap toNew = scaffold.send(state, 3).control();
        assertThat(toNew.get("variate/a").values()).isEqualTo(ofServer);
        assertThat(scaffold.broadcast(state).control().sha256()).isEqualTo(toNew.sha256());
        float[] toTwo = scaffold.send(state, 2).control().get("variate/a").values();
        for (int i = 0; i < 15; i++) {
            assertThat(toTwo[i]).isEqualTo(ofServer[i] - variate(1, 2).values()[i]);
        }
        assertThat(scaffold.bytesDown(state, 2, 1)).isEqualTo(2 * 15 * Float.BYTES);
    }

    /** With SGD at one rate: c_k - c + (x - y) / (S eta). */
    @Test
    void theMeanOfAClientsGradientsIsThePapersOptionTwo() {
        try (NDManager manager = Torch.newManager(Device.cpu())) {
            BaseModel base = BaseModel.random(manager, Tiny.config(0), 1);
            TensorMap start = Tiny.global(base, FEDERA);
            TensorMap correction = corrections(start, 0.01);
            TensorMap sent = train(base, start, new CorrectedGradients(new Plain()), correction);
            start.asMap().forEach((name, x) -> {
                float[] y = sent.get(name).values();
                float[] variate = sent.get("variate/" + name).values();
                float[] h = correction.get("variate/" + name).values();
                for (int i = 0; i < y.length; i++) {
                    double expected = -h[i] + ((double) x.values()[i] - y[i]) / (3 * RATE);
                    assertThat((double) variate[i]).as(name).isCloseTo(expected, within(1e-5));
                }
            });
        }
    }

    @Test
    void withoutACorrectionAClientTrainsAsItWouldWithoutScaffold() {
        try (NDManager manager = Torch.newManager(Device.cpu())) {
            BaseModel base = BaseModel.random(manager, Tiny.config(0), 1);
            TensorMap start = Tiny.global(base, FEDERA);
            for (LocalAlgorithm client : List.of(new Plain(), new FedProx(1))) {
                TensorMap corrected = train(base, start, new CorrectedGradients(client), corrections(start, 0));
                TensorMap alone = train(base, start, client, TensorMap.empty());
                assertThat(corrected.where(start::contains).sha256()).isEqualTo(alone.sha256());
                assertThat(train(base, start, new CorrectedGradients(client), corrections(start, 0.1))
                                .where(start::contains)
                                .sha256())
                        .isNotEqualTo(alone.sha256());
            }
        }
    }

    /** Three steps, and what the client then sends. */
    private static TensorMap train(BaseModel base, TensorMap start, LocalAlgorithm algorithm, TensorMap control) {
        LocalTraining settings = new LocalTraining(1, 8, RATE, 0, 0, false, new OptimizerConfig.Sgd(0, 0));
        Batch batch = new Batch(Tiny.examples(8, 1));
        try (FrozenBase frozen = new FrozenBase(base, FEDERA, FEDERA.anchor(start), Precision.FP32);
                ClientModel model = new ClientModel(frozen, start, HeadKind.SEQUENCE, Tiny.LABELS, 1);
                LocalTrainer trainer =
                        new LocalTrainer(model, new TextClassification(), settings, algorithm, control)) {
            for (int step = 0; step < 3; step++) {
                trainer.step(batch, RATE);
            }
            return trainer.update(new LocalTrainer.Result(3, 1, 1, 1));
        }
    }

    private static TensorMap corrections(TensorMap start, double deviation) {
        Map<String, Tensor> corrections = new TreeMap<>();
        start.shapes()
                .forEach((name, shape) ->
                        corrections.put("variate/" + name, Draw.normal(deviation, Seeds.of(3, name), shape)));
        return new TensorMap(corrections);
    }

    /** What these clients send, each tensor aggregated by itself. */
    private Aggregate aggregate(int round, int... cohort) {
        Aggregator aggregator = scaffold.aggregator();
        Aggregator.Accumulator model = aggregator.begin();
        Aggregator.Accumulator variates = aggregator.begin();
        List<ClientUpdate> told = new ArrayList<>();
        for (int client : cohort) {
            double weight = aggregator.weight(1 + client, 3);
            TensorMap update = new TensorMap(
                    Map.of("a", Draw.normal(1, Seeds.of(7, round, client), 3, 5), "variate/a", variate(round, client)));
            model.add(client, weight, update.where("a"::equals).asMap());
            variates.add(client, weight, update.where("variate/a"::equals).asMap());
            told.add(Told.of(client, 1 + client, 3));
        }
        return new Aggregate(new TensorMap(model.result()).with(new TensorMap(variates.result())), told);
    }

    private static Tensor variate(int round, int client) {
        return Draw.normal(1, Seeds.of(8, round, client), 3, 5);
    }
}
