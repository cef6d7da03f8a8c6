package federa.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.Tiny;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.federated.Aggregate;
import federa.federated.Aggregator.Accumulator;
import federa.federated.Averaging;
import federa.federated.ClientExecutor;
import federa.federated.ClientSampler;
import federa.federated.ClientUpdate;
import federa.federated.ClientWork;
import federa.federated.FedAvg;
import federa.federated.FederatedAlgorithm;
import federa.federated.Mean;
import federa.federated.Server;
import federa.federated.ServerState;
import federa.peft.Federa;
import federa.peft.FrozenBase;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.task.ClassTask;
import federa.task.EntityRecognition;
import federa.task.Example;
import federa.task.MaskedLanguageModel;
import federa.task.TextClassification;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.Plain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadSolverTest {

    private static final NDManager MANAGER = Torch.newManager(Device.cpu());
    private static final FederatedAlgorithm ALGORITHM = new Averaging(new Plain(), new Mean(), new FedAvg());
    private static final int COUNT = 240;

    @AfterAll
    static void close() {
        MANAGER.close();
    }

    @ParameterizedTest
    @CsvSource({
        "roberta, classification, RIDGE",
        "roberta, classification, CLASS_MEANS",
        "bert, classification, RIDGE",
        "deberta-v2, classification, RIDGE",
        "roberta, ner, RIDGE"
    })
    void theHeadIsTheSameHoweverTheExamplesAreDivided(String family, String kind, HeadStart start) {
        Setup setup = new Setup(family, kind);

        HeadSolver.Solved whole = setup.solve(start, List.of(setup.examples));
        HeadSolver.Solved even = setup.solve(start, setup.divided(5, i -> i % 5));
        HeadSolver.Solved oneLabel = setup.solve(
                start, setup.divided(Tiny.LABELS, i -> setup.examples.get(i).ids()[1] % Tiny.LABELS));

        assertThat(setup.solve(start, setup.divided(5, i -> i % 5)).state().sha256())
                .as("again")
                .isEqualTo(even.state().sha256());
        for (HeadSolver.Solved divided : List.of(even, oneLabel)) {
            whole.state().trainable().asMap().forEach((name, tensor) -> assertThat(Tiny.farthest(
                            tensor.values(),
                            divided.state().trainable().get(name).values()))
                    .as(name)
                    .isLessThanOrEqualTo(1e-6 * largest(tensor)));
        }
        assertThat(whole.state().sha256()).isNotEqualTo(setup.fresh.sha256());
        assertThat(even.updates()).hasSize(5).allMatch(ClientUpdate::ok);
    }

    @Test
    void aHeadThatIsBetterThanWhatIsSolvedStays() {
        Setup setup = new Setup("roberta", "classification");
        ServerState solved =
                setup.solve(HeadStart.RIDGE, List.of(setup.examples)).state();

        assertThat(setup.solver(HeadStart.CLASS_MEANS, List.of(setup.examples))
                        .solve(solved.trainable(), solved, List.of(0))
                        .state())
                .isSameAs(solved);
    }

    @Test
    void aTaskWithoutClassesIsRefused() {
        assertThatThrownBy(() -> HeadSolver.requireClasses(new MaskedLanguageModel(0.15)))
                .hasMessageStartingWith("head.start must be fresh with task.kind mlm");
    }

    private static double largest(Tensor tensor) {
        return IntStream.range(0, tensor.values().length)
                .mapToDouble(i -> Math.abs(tensor.values()[i]))
                .max()
                .orElseThrow();
    }

    /** A tiny model with its fresh head, and examples. */
    private static final class Setup {

        private final EncoderConfig config;
        private final ClassTask task;
        private final List<Example> examples;
        private final FrozenBase frozen;
        private final ServerState fresh;

        Setup(String family, String kind) {
            config = Tiny.config(family, 2, 0.1);
            task = kind.equals("ner") ? new EntityRecognition(1) : new TextClassification();
            examples = Tiny.examples(COUNT, 3).stream()
                    .map(example -> kind.equals("ner") ? tagged(example) : example)
                    .toList();
            Federa method = new Federa(
                    2, 2, Scaling.STANDARD, new Targets(config.family().targets()));
            BaseModel base = BaseModel.random(MANAGER, config, 1);
            TensorMap global = method.initial(base, 5).with(base.initialHead(task.head(), Tiny.LABELS, 5));
            frozen = new FrozenBase(base, method, method.anchor(global), Precision.FP32);
            fresh = ALGORITHM.init(global);
        }

        /** Most tokens are of class 0, as with words outside of entities. */
        private static Example tagged(Example example) {
            return new Example(
                    example.ids(),
                    IntStream.of(example.ids())
                            .map(id -> id == 0 ? Example.NONE : Math.max(0, id % 10 - 7))
                            .toArray());
        }

        List<List<Example>> divided(int clients, java.util.function.IntUnaryOperator owner) {
            List<List<Example>> divided = new ArrayList<>();
            IntStream.range(0, clients).forEach(client -> divided.add(new ArrayList<>()));
            IntStream.range(0, examples.size())
                    .forEach(i -> divided.get(owner.applyAsInt(i)).add(examples.get(i)));
            return divided;
        }

        HeadSolver.Solved solve(HeadStart start, List<List<Example>> clients) {
            return solver(start, clients)
                    .solve(
                            fresh.trainable(),
                            fresh,
                            IntStream.range(0, clients.size()).boxed().toList());
        }

        HeadSolver solver(HeadStart start, List<List<Example>> clients) {
            List<Integer> ids = IntStream.range(0, clients.size()).boxed().toList();
            return new HeadSolver(
                    new Server(ALGORITHM, new ClientSampler(ids, 1, 0), new Loop(clients), 1),
                    task,
                    start.closedForm().orElseThrow(),
                    config,
                    Tiny.LABELS,
                    7);
        }

        /** Clients one after the other, whose examples are read already. */
        private final class Loop implements ClientExecutor {

            private final List<List<Example>> clients;

            Loop(List<List<Example>> clients) {
                this.clients = clients;
            }

            @Override
            public Aggregate perform(List<Integer> cohort, ClientWork work, ServerState state) {
                Accumulator sums = work.aggregator().begin();
                List<ClientUpdate> updates = new ArrayList<>();
                for (int client : cohort) {
                    ClientWork.Done done =
                            work.perform(frozen, work.received(state, client), clients.get(client), null, client);
                    SortedMap<String, Tensor> tensors =
                            new TreeMap<>(done.tensors().asMap());
                    assertThat(work.sent(state).keySet()).isEqualTo(tensors.keySet());
                    tensors.forEach((name, tensor) -> assertThat(Arrays.equals(
                                    tensor.shape(), work.sent(state).get(name)))
                            .isTrue());
                    sums.add(client, 1, tensors);
                    updates.add(new ClientUpdate(
                            client, 1, 0, 0, 0, 0, 0, done.tensors().bytes(), "", "", "", "", 1, null));
                }
                return new Aggregate(new TensorMap(sums.result()), updates);
            }

            @Override
            public Aggregate train(List<Integer> cohort, FederatedAlgorithm algorithm, ServerState state, int round) {
                throw new UnsupportedOperationException();
            }
        }
    }
}
