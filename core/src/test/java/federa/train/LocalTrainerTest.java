package federa.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.Tiny;
import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.peft.Federa;
import federa.peft.FrozenBase;
import federa.peft.FullFineTuning;
import federa.peft.Lora;
import federa.peft.Method;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.task.Batch;
import federa.task.Example;
import federa.task.TextClassification;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LocalTrainerTest {

    private static final OptimizerConfig ADAMW = OptimizerConfig.AdamW.standard();
    private static final OptimizerConfig SGD = new OptimizerConfig.Sgd(0, 0);
    private static final Targets TARGETS = new Targets(List.of("query", "value"));
    private static final Method FEDERA = new Federa(4, 8, Scaling.STANDARD, TARGETS);
    private static final List<Method> METHODS =
            List.of(FEDERA, new Lora(4, 8, Scaling.STANDARD, TARGETS), new FullFineTuning());
    private static final List<Example> EXAMPLES = Tiny.examples(40, 1);
    private static final Batch BATCH = new Batch(EXAMPLES.subList(0, 8));

    @AutoClose
    private static final NDManager manager = Torch.newManager(Device.cpu());

    private static BaseModel base;
    private static BaseModel withoutDropout;

    @BeforeAll
    static void draw() {
        Torch.threads(1);
        base = BaseModel.random(manager, Tiny.config(0.3), 1);
        withoutDropout = BaseModel.random(manager, Tiny.config(0), 1);
    }

    @Test
    void sameSeedSameUpdate() {
        for (Method method : METHODS) {
            assertThat(update(method, 7).sha256())
                    .as(method.name())
                    .isEqualTo(update(method, 7).sha256());
        }
    }

    @Test
    void otherSeedOtherUpdate() {
        TensorMap update = update(FEDERA, 7);
        TensorMap other = update(FEDERA, 8);
        update.asMap()
                .forEach((name, tensor) ->
                        assertThat(other.get(name).values()).as(name).isNotEqualTo(tensor.values()));
    }

    @Test
    void theSeedsOfOrderAndDropoutBothCount() {
        TensorMap update = train(base, FEDERA, adamW(2), trainer -> trainer.train(pass -> EXAMPLES, 7), 7);
        TensorMap otherMasks = train(base, FEDERA, adamW(2), trainer -> trainer.train(pass -> EXAMPLES, 7), 8);
        TensorMap otherOrder = train(base, FEDERA, adamW(2), trainer -> trainer.train(pass -> EXAMPLES, 8), 7);
        assertThat(otherMasks.sha256()).isNotEqualTo(update.sha256());
        assertThat(otherOrder.sha256()).isNotEqualTo(update.sha256());
    }

    @Test
    void clientsTrainedSideBySideEqualClientsTrainedOneByOne() throws Exception {
        TensorMap start = FEDERA.initial(base, 0);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try (FrozenBase shared = new FrozenBase(base, FEDERA, FEDERA.anchor(start), Precision.FP32)) {
            List<Callable<String>> clients = new ArrayList<>();
            for (int client = 0; client < 6; client++) {
                long seed = client;
                clients.add(() -> {
                    Torch.threads(1);
                    return hashOfUpdate(shared, Tiny.examples(24, seed), seed);
                });
            }
            List<String> oneByOne = new ArrayList<>();
            for (Callable<String> client : clients) {
                oneByOne.add(client.call());
            }
            assertThat(oneByOne).doesNotHaveDuplicates();
            List<String> sideBySide = new ArrayList<>();
            for (Future<String> client : pool.invokeAll(clients)) {
                sideBySide.add(client.get());
            }
            assertThat(sideBySide).isEqualTo(oneByOne);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void trainingLeavesTheFrozenBaseUntouched() {
        String before = base.toTensors().sha256();
        for (Method method : METHODS) {
            TensorMap global = Tiny.global(base, method);
            try (FrozenBase frozen = new FrozenBase(base, method, method.anchor(global), Precision.FP32)) {
                String frozenBefore = tensors(frozen).sha256();
                try (ClientModel model = new ClientModel(frozen, global, HeadKind.SEQUENCE, Tiny.LABELS, 1);
                        LocalTrainer trainer = new LocalTrainer(model, new TextClassification(), adamW(2))) {
                    trainer.train(pass -> EXAMPLES, 1);
                }
                assertThat(tensors(frozen).sha256()).as(method.name()).isEqualTo(frozenBefore);
            }
        }
        assertThat(base.toTensors().sha256()).isEqualTo(before);
    }

    @Test
    void adaptersOfTheTargetsAndTheHeadAreWhatTrains() {
        Set<String> expected = new TreeSet<>(Set.of(
                "classifier.dense.weight",
                "classifier.dense.bias",
                "classifier.out_proj.weight",
                "classifier.out_proj.bias"));
        for (int layer = 0; layer < 2; layer++) {
            for (String part : List.of("query.lora_A", "query.lora_B", "value.lora_A", "value.lora_B")) {
                expected.add("roberta.encoder.layer.%d.attention.self.%s".formatted(layer, part));
            }
        }
        for (Method method : List.of(FEDERA, new Lora(4, 8, Scaling.STANDARD, TARGETS))) {
            TensorMap update = update(method, 1);
            assertThat(update.asMap().keySet()).as(method.name()).isEqualTo(expected);
            // 4 layers x (4 x 16 + 16 x 4), and a head of 16 x 16 + 16 + 3 x 16 + 3
            assertThat(update.parameters()).as(method.name()).isEqualTo(4 * 128 + 323);
        }
    }

    @Test
    void everyTensorThatTrainsChangesAndKeepsItsShape() {
        for (Method method : METHODS) {
            TensorMap global = Tiny.global(base, method);
            TensorMap update = update(method, 1);
            global.requireSameShapes(update, "the update");
            assertThat(update.asMap().values()).allMatch(Tensor::isFinite);
            global.asMap().forEach((name, tensor) -> assertThat(update.get(name).values())
                    .as("%s of %s", name, method.name())
                    .isNotEqualTo(tensor.values()));
        }
    }

    @Test
    void fullFineTuningTrainsEveryTensor() {
        Set<String> expected = new TreeSet<>(base.names());
        expected.addAll(
                base.initialHead(HeadKind.SEQUENCE, Tiny.LABELS, 0).asMap().keySet());
        TensorMap update = update(new FullFineTuning(), 1);
        assertThat(update.asMap().keySet()).isEqualTo(expected);
        assertThat(update.parameters()).isEqualTo(base.parameters() + 323);
    }

    @Test
    void everyMethodLearns() {
        for (Method method : METHODS) {
            List<Double> losses = new ArrayList<>();
            train(
                    withoutDropout,
                    method,
                    adamW(1),
                    trainer -> {
                        for (int step = 0; step < 60; step++) {
                            losses.add(trainer.step(BATCH, 0.01));
                        }
                    },
                    1);
            assertThat(losses.get(0)).as(method.name()).isBetween(0.5, 2.0); // about ln 3
            assertThat(losses.get(59)).as(method.name()).isLessThan(losses.get(0) / 4);
        }
    }

    @Test
    void theResultCountsStepsAndMeansTheirLosses() {
        List<LocalTrainer.Result> results = new ArrayList<>();
        LocalTraining settings = new LocalTraining(2, 16, 1e-3, 0, 0, false, ADAMW);
        train(withoutDropout, FEDERA, settings, trainer -> results.add(trainer.train(pass -> EXAMPLES, 1)), 1);
        LocalTrainer.Result result = results.get(0);
        assertThat(result.steps()).isEqualTo(2 * 3); // 40 examples in batches of 16, twice
        List<Double> losses = new ArrayList<>();
        train(
                withoutDropout,
                FEDERA,
                settings,
                trainer -> {
                    List<Batch> batches = new ArrayList<>(Batch.shuffled(EXAMPLES, 16, 1));
                    batches.addAll(Batch.shuffled(EXAMPLES, 16, 2));
                    for (int step = 0; step < 6; step++) {
                        losses.add(trainer.step(
                                batches.get(step), settings.schedule(1, 1).at(1e-3, step, 6)));
                    }
                },
                1);
        assertThat(result.firstLoss()).isEqualTo(losses.get(0));
        assertThat(result.lastLoss()).isEqualTo(losses.get(5));
        double mean = losses.stream().mapToDouble(loss -> loss).average().orElseThrow();
        assertThat(result.meanLoss()).isCloseTo(mean, within(1e-12));
    }

    @Test
    void aClientWithOneExampleTrains() {
        TensorMap global = Tiny.global(base, FEDERA);
        TensorMap update =
                train(base, FEDERA, adamW(1), trainer -> trainer.train(pass -> EXAMPLES.subList(0, 1), 1), 1);
        assertThat(Tiny.distance(update, global)).isPositive();
    }

    @Test
    void aStepDoesNotRememberTheGradientsOfTheLast() {
        TensorMap once = train(withoutDropout, FEDERA, sgd(0), trainer -> trainer.step(BATCH, 1), 1);
        TensorMap twice = train(
                withoutDropout,
                FEDERA,
                sgd(0),
                trainer -> {
                    trainer.step(new Batch(EXAMPLES.subList(8, 16)), 0);
                    trainer.step(BATCH, 1);
                },
                1);
        assertThat(twice.sha256()).isEqualTo(once.sha256());
    }

    /** At the start the term is 0; after one step to x it adds mu (x - x_t) to the gradient. */
    @Test
    void gradientOfTheProximalTermIsMuTimesTheDistance() {
        double mu = 0.5;
        double rate = 0.1;
        TensorMap start = Tiny.global(withoutDropout, FEDERA);
        Consumer<LocalTrainer> one = trainer -> trainer.step(BATCH, rate);
        TensorMap x = train(withoutDropout, FEDERA, sgd(0), one, 1);
        assertThat(train(withoutDropout, FEDERA, sgd(0), new FedProx(mu), one, 1)
                        .sha256())
                .isEqualTo(x.sha256());
        TensorMap plain = train(withoutDropout, FEDERA, sgd(0), one.andThen(one), 1);
        TensorMap pulled = train(withoutDropout, FEDERA, sgd(0), new FedProx(mu), one.andThen(one), 1);
        assertThat(Tiny.distance(plain, pulled)).isGreaterThan(1e-3);
        plain.asMap().forEach((name, tensor) -> {
            float[] expected = tensor.values().clone();
            for (int i = 0; i < expected.length; i++) {
                expected[i] -= (float)
                        (rate * mu * (x.get(name).values()[i] - start.get(name).values()[i]));
            }
            assertThat(Tiny.farthest(pulled.get(name).values(), expected))
                    .as(name)
                    .isLessThan(1e-6);
        });
    }

    @Test
    void proximalTermPullsTowardsTheGlobalModel() {
        TensorMap start = Tiny.global(base, FEDERA);
        double last = Double.POSITIVE_INFINITY;
        for (double mu : new double[] {0, 1, 10}) {
            TensorMap update =
                    train(base, FEDERA, sgd(0), new FedProx(mu), trainer -> trainer.train(pass -> EXAMPLES, 1), 1);
            double distance = Tiny.distance(update, start);
            assertThat(distance).as("mu %s", mu).isPositive().isLessThan(0.9 * last);
            last = distance;
        }
    }

    @Test
    void clippingBoundsTheGlobalNorm() {
        for (Method method : METHODS) {
            TensorMap start = Tiny.global(withoutDropout, method);
            Consumer<LocalTrainer> one = trainer -> trainer.step(BATCH, 1);
            TensorMap free = train(withoutDropout, method, sgd(0), one, 1);
            double norm = Tiny.distance(free, start);
            TensorMap clipped = train(withoutDropout, method, sgd(norm / 3), one, 1);
            assertThat(Tiny.distance(clipped, start)).as(method.name()).isCloseTo(norm / 3, within(1e-4 * norm));
            start.asMap().forEach((name, tensor) -> { // the direction stays: every tensor is scaled alike
                float[] expected = tensor.values().clone();
                for (int i = 0; i < expected.length; i++) {
                    expected[i] += (free.get(name).values()[i] - expected[i]) / 3;
                }
                assertThat(Tiny.farthest(clipped.get(name).values(), expected))
                        .as(name)
                        .isLessThan(1e-5 * norm);
            });
            TensorMap wide = train(withoutDropout, method, sgd(2 * norm), one, 1);
            assertThat(wide.sha256()).as(method.name()).isEqualTo(free.sha256());
        }
    }

    @Test
    void nanLossIsAnErrorThatNamesTheRemedy() {
        LocalTraining settings = new LocalTraining(1, 8, 1e30, 0, 0, false, SGD);
        assertThatThrownBy(() -> train(base, FEDERA, settings, trainer -> trainer.train(pass -> EXAMPLES, 1), 1))
                .isInstanceOf(TrainingException.class)
                .hasMessageMatching(
                        "the loss is (NaN|-?Infinity) at step [2-5] of 5 \\(training.learning-rate 1.0E30\\);"
                                + " lower it or set training.clip-norm");
    }

    @Test
    void nothingLeaks() {
        for (OptimizerConfig optimizer : List.of(ADAMW, new OptimizerConfig.Sgd(0.9, 0.01))) {
            LocalTraining settings = new LocalTraining(1, 4, 1e-3, 0.1, 1, false, optimizer);
            for (Method method : METHODS) {
                TensorMap global = Tiny.global(base, method);
                int before = manager.getManagedArrays().size();
                try (FrozenBase frozen = new FrozenBase(base, method, method.anchor(global), Precision.FP32);
                        ClientModel model = new ClientModel(frozen, global, HeadKind.SEQUENCE, Tiny.LABELS, 1);
                        LocalTrainer trainer = new LocalTrainer(model, new TextClassification(), settings)) {
                    trainer.step(BATCH, 1e-3); // the optimizer makes its state
                    int after = manager.getManagedArrays().size();
                    for (int round = 0; round < 3; round++) {
                        trainer.train(pass -> EXAMPLES, round);
                        model.snapshot();
                    }
                    assertThat(manager.getManagedArrays().size())
                            .as("%s, %s", method.name(), optimizer)
                            .isEqualTo(after);
                }
                assertThat(manager.getManagedArrays().size()).as(method.name()).isEqualTo(before);
            }
        }
    }

    private static LocalTraining adamW(int epochs) {
        return new LocalTraining(epochs, 8, 1e-2, 0.1, 1, false, ADAMW);
    }

    private static LocalTraining sgd(double clipNorm) {
        return new LocalTraining(3, 8, 0.05, 0, clipNorm, false, SGD);
    }

    private static TensorMap update(Method method, long seed) {
        return train(base, method, adamW(2), trainer -> trainer.train(pass -> EXAMPLES, seed), seed);
    }

    /** What the global model becomes under this work. */
    private static TensorMap train(
            BaseModel base, Method method, LocalTraining settings, Consumer<LocalTrainer> work, long seed) {
        return train(base, method, settings, new Plain(), work, seed);
    }

    private static TensorMap train(
            BaseModel base,
            Method method,
            LocalTraining settings,
            LocalAlgorithm algorithm,
            Consumer<LocalTrainer> work,
            long seed) {
        TensorMap global = Tiny.global(base, method);
        try (FrozenBase frozen = new FrozenBase(base, method, method.anchor(global), Precision.FP32);
                ClientModel model = new ClientModel(frozen, global, HeadKind.SEQUENCE, Tiny.LABELS, seed);
                LocalTrainer trainer =
                        new LocalTrainer(model, new TextClassification(), settings, algorithm, TensorMap.empty())) {
            work.accept(trainer);
            return model.snapshot();
        }
    }

    private static String hashOfUpdate(FrozenBase shared, List<Example> examples, long seed) {
        TensorMap global = Tiny.global(base, FEDERA);
        try (ClientModel model = new ClientModel(shared, global, HeadKind.SEQUENCE, Tiny.LABELS, seed);
                LocalTrainer trainer = new LocalTrainer(model, new TextClassification(), adamW(3))) {
            trainer.train(pass -> examples, seed);
            return model.snapshot().sha256();
        }
    }

    private static TensorMap tensors(FrozenBase frozen) {
        Map<String, Tensor> copy = new TreeMap<>();
        base.names().forEach(name -> copy.put(name, Torch.toTensor(frozen.tensor(name))));
        return new TensorMap(copy);
    }
}
