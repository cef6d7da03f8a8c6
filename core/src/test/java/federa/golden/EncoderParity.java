package federa.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import federa.encoder.BaseModel;
import federa.encoder.Encoder;
import federa.encoder.HeadKind;
import federa.engine.GradMode;
import federa.engine.Kernels;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.federated.WeightedMean;
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
import federa.task.Batch;
import federa.task.EntityRecognition;
import federa.task.Example;
import federa.task.Losses;
import federa.task.QuestionAnswering;
import federa.task.Task;
import federa.task.TextClassification;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.Embedder;
import federa.train.LocalTrainer;
import federa.train.LocalTraining;
import federa.train.OptimizerConfig;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An encoder, its adapters and two federated rounds against the numbers of the Hugging Face reference. One subclass per
 * architecture.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EncoderParity {

    private static final OptimizerConfig ADAMW = new OptimizerConfig.AdamW(0.9, 0.999, 1e-8, 0.01);
    private static final double LR = 1e-3;

    private final String arch;
    private final String query;
    private final String value;
    private Golden golden;
    private NDManager manager;
    private BaseModel base;
    private int labels;

    /** The names of the folders and of the projections that the stored adapters call query and value. */
    EncoderParity(String arch, String query, String value) {
        this.arch = arch;
        this.query = query;
        this.value = value;
    }

    @BeforeAll
    void load() {
        golden = Golden.open();
        manager = Torch.newManager(Device.cpu());
        base = BaseModel.load(manager, golden.directory("hf/" + arch + "-seqcls"));
        labels = (int) golden.tensor(at("seqcls/logits")).shape()[1];
    }

    /** A path within the architecture's folders. */
    private String at(String path) {
        return arch + "/" + path;
    }

    @AfterAll
    void close() {
        manager.close();
    }

    @Test
    void encoderEqualsTheReferenceLayerByLayer() {
        golden.directory(at("seqcls"));
        try (FrozenBase frozen = new FrozenBase(base, new FullFineTuning(), TensorMap.empty(), Precision.FP32);
                NDManager scope = manager.newSubManager();
                GradMode off = GradMode.off()) {
            Encoder encoder = base.config().architecture().encoder(new FrozenWiring(frozen), base.config());
            Batch batch = golden.batch(at("seqcls"));
            List<NDArray> states =
                    encoder.hiddenStates(batch.ids(scope, base.config().padId()), false);
            int[][] mask = golden.rows(at("seqcls/attention_mask"));
            golden.assertCloseWhere(at("seqcls/embedding_output"), states.get(0).toFloatArray(), mask);
            golden.assertCloseWhere(at("seqcls/layer0_output"), states.get(1).toFloatArray(), mask);
            golden.assertCloseWhere(at("seqcls/last_hidden_state"), last(states).toFloatArray(), mask);
        }
    }

    @Test
    void anEmbeddingIsTheMeanOfTheReferencesLastHiddenStates() {
        golden.directory(at("seqcls"));
        List<int[]> texts =
                golden.batch(at("seqcls")).examples().stream().map(Example::ids).toList();
        Tensor states = golden.tensor(at("seqcls/last_hidden_state"));
        int longest = (int) states.shape()[1];
        int width = (int) states.shape()[2];

        List<float[]> embeddings = new Embedder(base).embed(texts, 3);

        for (int text = 0; text < texts.size(); text++) {
            int tokens = texts.get(text).length;
            for (int i = 0; i < width; i++) {
                double sum = 0;
                for (int t = 0; t < tokens; t++) {
                    sum += states.values()[(text * longest + t) * width + i];
                }
                assertThat((double) embeddings.get(text)[i]).isCloseTo(sum / tokens, within(1e-4));
            }
        }
    }

    @Test
    void weightFilesOfEveryFormatHoldTheSameEncoder() {
        String expected = base.toTensors().sha256();
        for (String format : List.of("hf/" + arch + "-tokcls", "hf/" + arch + "-qa")) {
            try (BaseModel other = BaseModel.load(manager, golden.directory(format))) {
                assertThat(other.toTensors().sha256()).as(format).isEqualTo(expected);
            }
        }
    }

    @Test
    void classifierEqualsTheReferenceOnLogitsLossAndGradients() {
        golden.directory(at("seqcls"));
        try (Trial trial = new Trial(new FullFineTuning(), base.toTensors())) {
            trial.assertLogitsAndLoss(at("seqcls"));
            trial.assertGradients(at("seqcls"));
        }
    }

    @Test
    void tokenClassifierEqualsTheReferenceAndFollowsItOverSteps() {
        EntityRecognition task = new EntityRecognition(0);
        try (BaseModel own = BaseModel.load(manager, golden.directory("hf/" + arch + "-tokcls"));
                Trial trial = new Trial(new FullFineTuning(), own.toTensors(), task, own, outputs(at("tokcls")))) {
            trial.assertTokenLogits(at("tokcls"));
            golden.assertClose(
                    at("tokcls/loss"), trial.loss(trial.batch(at("tokcls"))).toFloatArray());
            trial.assertGradients(at("tokcls"));
            trial.assertLossesOverSteps(at("tokcls"), at("tokcls/adamw.losses"));
        }
    }

    @Test
    void answerFinderWithoutPaddingEqualsTheReferenceAndFollowsItOverSteps() {
        try (BaseModel own = BaseModel.load(manager, golden.directory("hf/" + arch + "-qa"));
                Trial trial = new Trial(new FullFineTuning(), own.toTensors(), answers(), own, 2)) {
            trial.assertLogitsAndLoss(at("qa_nopad"));
            trial.assertGradients(at("qa_nopad"));
            trial.assertLossesOverSteps(at("qa_nopad"), at("qa_nopad/adamw.losses"));
        }
    }

    /** Padding takes no part in our loss, as the golden set allows; the reference's versions differ in it. */
    @Test
    void answerFinderEqualsTheReferenceOverRealPositions() {
        try (BaseModel own = BaseModel.load(manager, golden.directory("hf/" + arch + "-qa"));
                Trial trial = new Trial(new FullFineTuning(), own.toTensors(), answers(), own, 2)) {
            trial.assertTokenLogits(at("qa"));
            if (golden.has(at("qa_refactored/logits"))) {
                golden.assertCloseWhere(
                        at("qa_refactored/logits"),
                        trial.logits(trial.batch(at("qa"))).toFloatArray(),
                        golden.rows(at("qa/attention_mask")));
            }
            golden.assertClose(
                    at("qa/loss_over_real_positions"),
                    trial.loss(trial.batch(at("qa"))).toFloatArray());
        }
    }

    private int outputs(String folder) {
        long[] shape = golden.tensor(folder + "/logits").shape();
        return (int) shape[shape.length - 1];
    }

    private static QuestionAnswering answers() {
        return new QuestionAnswering(0, 1, 1, 1);
    }

    @Test
    void fullFineTuningFollowsTheReferenceOverAdamWSteps() {
        golden.directory(at("seqcls"));
        try (Trial trial = new Trial(new FullFineTuning(), base.toTensors())) {
            trial.assertLossesOverSteps(at("seqcls"), at("seqcls/adamw.losses"));
        }
    }

    @Test
    void longTextsEqualTheReference() {
        golden.directory(at("long"));
        try (Trial trial = new Trial(new FullFineTuning(), base.toTensors())) {
            trial.assertLogitsAndLoss(at("long"));
        }
    }

    @Test
    void loraFollowsTheReference() {
        golden.directory(at("lora"));
        Lora lora = new Lora(rank(), golden.parameter("alpha"), Scaling.STANDARD, new Targets(List.of(query, value)));
        try (Trial trial = new Trial(lora, adapters(at("lora/"), ""))) {
            assertFollows(trial, at("lora"));
        }
    }

    @Test
    void federaStartsFromTheSingularVectorsOfTheReference() {
        golden.directory(at("federa"));
        TensorMap expected = adapters(at("federa/"), "0");
        TensorMap got = federa().initial(base, 0);
        expected.requireSameShapes(got, "the initial adapter");
        for (String name : golden.names(at("federa/layer"))) {
            String path = at("federa/layer" + name);
            if (name.endsWith("0")) {
                golden.assertClose(
                        path,
                        got.get(adapterName(path.substring(at("federa/").length())))
                                .values());
            }
        }
    }

    @Test
    void residualHoldsExactlyTheRemainingSingularValues() {
        golden.directory(at("federa"));
        TensorMap initial = federa().initial(base, 0);
        try (FrozenBase frozen = new FrozenBase(base, federa(), initial, Precision.FP32);
                NDManager scope = manager.newSubManager()) {
            for (String layer : federa().targets().of(base.config()).keySet()) {
                NDArray weight = base.tensor(layer + ".weight").toType(DataType.FLOAT64, true);
                weight.attach(scope);
                int all = (int)
                        Math.min(weight.getShape().get(0), weight.getShape().get(1));
                double[] sigma = Kernels.principal(weight, all).s().toDoubleArray();
                double remaining = 0;
                for (int i = rank(); i < sigma.length; i++) {
                    remaining += sigma[i] * sigma[i];
                }
                double residual = sumOfSquares(frozen.tensor(layer + ".weight").toFloatArray());
                assertThat(residual).as(layer).isCloseTo(remaining, within(1e-5 * remaining));
            }
        }
    }

    @Test
    void attachedFederaAdapterLeavesOutputUnchanged() {
        golden.directory(at("seqcls"));
        try (Trial trial = new Trial(federa(), federa().initial(base, 0))) {
            trial.assertLogitsAndLoss(at("seqcls"));
        }
    }

    @Test
    void attachedLoraAdapterLeavesOutputUnchanged() {
        golden.directory(at("seqcls"));
        Lora lora = new Lora(rank(), golden.parameter("alpha"), Scaling.STANDARD, new Targets(List.of("all-linear")));
        try (Trial trial = new Trial(lora, lora.initial(base, 7))) {
            trial.assertLogitsAndLoss(at("seqcls"));
        }
    }

    @Test
    void federaFollowsTheReference() {
        golden.directory(at("federa"));
        TensorMap initial = federa().initial(base, 0);
        try (Trial trial = new Trial(federa(), initial)) {
            assertFollows(trial, at("federa"));
            for (String name : golden.names(at("federa/adamw.delta."))) {
                Tensor delta = difference(product(trial.model.snapshot(), name), product(initial, name));
                golden.assertClose(at("federa/adamw.delta." + name), delta.values());
            }
        }
    }

    @Test
    void bitFitFollowsTheReference() {
        golden.directory(at("bitfit"));
        BitFit bitFit = new BitFit();
        TensorMap initial = bitFit.initial(base, 0);
        TensorMap trained = initial.with(base.initialHead(HeadKind.SEQUENCE, labels, 0));
        assertThat(trained.asMap().keySet())
                .containsExactlyInAnyOrderElementsOf(golden.parameterOrder(at("bitfit/adamw.losses")));
        try (Trial trial = new Trial(bitFit, initial)) {
            Map<String, NDArray> gradients = trial.gradients(at("seqcls"));
            for (String name : golden.names(at("bitfit/grad."))) {
                golden.assertClose(
                        at("bitfit/grad." + name), gradients.get(name).toFloatArray());
            }
            trial.assertLossesOverSteps(at("seqcls"), at("bitfit/adamw.losses"));
            TensorMap after = trial.model.snapshot();
            for (String name : golden.names(at("bitfit/adamw.after."))) {
                golden.assertClose(
                        at("bitfit/adamw.after." + name), after.get(name).values());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void houlsbyAdaptersFollowTheReference(Activation activation) {
        assertBottleneckFollows("houlsby", new Houlsby((int) golden.parameter("bottleneck"), activation), activation);
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void pfeifferAdaptersFollowTheReference(Activation activation) {
        assertBottleneckFollows(
                "pfeiffer",
                new Pfeiffer((int) golden.parameter("bottleneck"), activation, Pfeiffer.Placement.ADAPTER_HUB),
                activation);
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void simplePfeifferAdaptersFollowTheReference(Activation activation) {
        Pfeiffer simple = new Pfeiffer((int) golden.parameter("bottleneck"), activation, Pfeiffer.Placement.SIMPLE);
        assertBottleneckFollows("pfeiffer_simple", simple, activation);
    }

    private void assertBottleneckFollows(String method, Method adapter, Activation activation) {
        golden.directory(at(method));
        Map<String, Tensor> stored = new TreeMap<>();
        for (String name : golden.names(at(method + "/layer"))) {
            stored.put(adapterName("layer" + name), golden.tensor(at(method + "/layer" + name)));
        }
        TensorMap adapters = new TensorMap(stored);
        adapters.requireSameShapes(adapter.initial(base, 0), "the initial adapter");
        try (Trial trial = new Trial(adapter, adapters)) {
            assertFollows(trial, at(method + "/" + activation.name().toLowerCase(Locale.ROOT)));
        }
    }

    @Test
    void twoFederatedRoundsFollowTheReference() {
        golden.directory(at("fedavg"));
        List<Integer> sizes = golden.parameters("clients");
        LocalTraining training = training(new OptimizerConfig.Sgd(0, 0));
        TensorMap anchor = federa().initial(base, 0);
        TensorMap global = anchor.with(base.initialHead(HeadKind.SEQUENCE, labels, 0));
        assertEvaluation(global, anchor, at("fedavg/eval_loss_round0"));
        for (int round = 1; round <= 2; round++) {
            Map<String, WeightedMean> means = new TreeMap<>();
            for (int client = 0; client < sizes.size(); client++) {
                Batch batch = golden.batch(at("fedavg/client" + client));
                String path = at("fedavg/round%d.client%d.losses").formatted(round, client);
                try (FrozenBase frozen = new FrozenBase(base, federa(), anchor, Precision.FP32);
                        ClientModel model = new ClientModel(frozen, global, HeadKind.SEQUENCE, labels, 0);
                        LocalTrainer trainer = new LocalTrainer(
                                model, new TextClassification(), base.config().padId(), training)) {
                    float[] losses = new float[golden.values(path).length];
                    for (int step = 0; step < losses.length - 1; step++) {
                        losses[step] = (float) trainer.step(batch, 0.1);
                    }
                    TensorMap update = model.snapshot();
                    losses[losses.length - 1] = (float) trainer.step(batch, 0.1);
                    golden.assertClose(path, losses);
                    double weight = sizes.get(client);
                    update.asMap().forEach((name, tensor) -> means.computeIfAbsent(name, n -> new WeightedMean())
                            .add(tensor, weight));
                }
            }
            Map<String, Tensor> next = new TreeMap<>();
            means.forEach((name, mean) -> next.put(name, mean.result()));
            global = new TensorMap(next);
            for (String name : golden.names(at("fedavg/round" + round + "."))) {
                if (!name.endsWith("losses")) {
                    golden.assertClose(
                            at("fedavg/round" + round + ".") + name,
                            global.get(adapterName(name)).values());
                }
            }
            assertEvaluation(global, anchor, at("fedavg/eval_loss_round" + round));
        }
        try (FrozenBase frozen = new FrozenBase(base, federa(), anchor, Precision.FP32);
                ClientModel model = new ClientModel(frozen, global, HeadKind.SEQUENCE, labels, 0);
                NDManager scope = manager.newSubManager()) {
            NDArray logits = model.encoder()
                    .logits(
                            golden.batch(at("fedavg/eval"))
                                    .ids(scope, base.config().padId()),
                            false);
            golden.assertClose(at("fedavg/eval_logits_final"), logits.toFloatArray());
        }
    }

    private void assertEvaluation(TensorMap global, TensorMap anchor, String path) {
        try (FrozenBase frozen = new FrozenBase(base, federa(), anchor, Precision.FP32);
                ClientModel model = new ClientModel(frozen, global, HeadKind.SEQUENCE, labels, 0);
                NDManager scope = manager.newSubManager()) {
            Batch batch = golden.batch(at("fedavg/eval"));
            NDArray logits =
                    model.encoder().logits(batch.ids(scope, base.config().padId()), false);
            golden.assertClose(
                    path, Losses.crossEntropy(logits, batch.targets(scope, 0)).toFloatArray());
        }
    }

    private void assertFollows(Trial trial, String folder) {
        trial.assertLogitsAndLoss(folder);
        Map<String, NDArray> gradients = trial.gradients(at("seqcls"));
        for (String name : golden.names(folder + "/grad.")) {
            golden.assertClose(
                    folder + "/grad." + name, gradients.get(adapterName(name)).toFloatArray());
        }
        trial.assertLossesOverSteps(at("seqcls"), folder + "/adamw.losses");
    }

    /** A model with a method attached, and the batch of a golden folder put through it. */
    private final class Trial implements AutoCloseable {

        private final Task task;
        private final FrozenBase frozen;
        private final ClientModel model;
        private final NDManager scope = manager.newSubManager();

        Trial(Method method, TensorMap trained) {
            this(method, trained, new TextClassification(), base, labels);
        }

        Trial(Method method, TensorMap trained, Task task, BaseModel base, int outputs) {
            this.task = task;
            frozen = new FrozenBase(base, method, method.anchor(trained), Precision.FP32);
            TensorMap head = base.initialHead(task.head(), outputs, 0);
            model = new ClientModel(frozen, trained.with(head), task.head(), outputs, 0);
        }

        private NDArray logits(Batch batch) {
            return model.encoder().logits(batch.ids(scope, base.config().padId()), false);
        }

        private NDArray loss(Batch batch) {
            return task.loss(model.encoder(), batch, scope, base.config().padId());
        }

        void assertLogitsAndLoss(String folder) {
            Batch batch = batch(golden.has(folder + "/input_ids") ? folder : at("seqcls"));
            golden.assertClose(folder + "/logits", logits(batch).toFloatArray());
            golden.assertClose(folder + "/loss", loss(batch).toFloatArray());
        }

        void assertTokenLogits(String folder) {
            golden.assertCloseWhere(
                    folder + "/logits", logits(batch(folder)).toFloatArray(), golden.rows(folder + "/attention_mask"));
        }

        Batch batch(String folder) {
            return golden.batch(folder);
        }

        Map<String, NDArray> gradients(String folder) {
            Map<String, NDArray> gradients = new TreeMap<>();
            try (GradMode on = GradMode.on()) {
                Torch.backward(loss(batch(folder)));
            }
            model.trained().forEach((name, parameter) -> {
                gradients.put(name, parameter.getGradient().duplicate());
                Torch.zeroGradient(parameter);
            });
            return gradients;
        }

        void assertGradients(String folder) {
            Map<String, NDArray> gradients = gradients(folder);
            for (String name : golden.names(folder + "/grad.")) {
                golden.assertClose(folder + "/grad." + name, gradients.get(name).toFloatArray());
            }
            if (golden.has(folder + "/grad_norms")) {
                List<String> order = golden.parameterOrder(folder + "/grad_norms");
                assertThat(gradients.keySet()).containsExactlyInAnyOrderElementsOf(order);
                float[] norms = new float[order.size()];
                for (int i = 0; i < norms.length; i++) {
                    norms[i] = (float)
                            Math.sqrt(gradients.get(order.get(i)).square().sum().getFloat());
                }
                golden.assertClose(folder + "/grad_norms", norms);
            }
        }

        void assertLossesOverSteps(String folder, String path) {
            Batch batch = batch(folder);
            float[] losses = new float[golden.values(path).length];
            try (LocalTrainer trainer =
                    new LocalTrainer(model, task, base.config().padId(), training(ADAMW))) {
                for (int step = 0; step < losses.length - 1; step++) {
                    losses[step] = (float) trainer.step(batch, LR);
                }
                losses[losses.length - 1] = loss(batch).getFloat();
            }
            golden.assertClose(path, losses);
        }

        @Override
        public void close() {
            scope.close();
            model.close();
            frozen.close();
        }
    }

    private int rank() {
        return (int) golden.parameter("rank");
    }

    private Federa federa() {
        return new Federa(rank(), rank(), Scaling.STANDARD, new Targets(List.of(query, value)));
    }

    private static LocalTraining training(OptimizerConfig optimizer) {
        return new LocalTraining(1, 1, LR, 0, 0, false, optimizer);
    }

    private static NDArray last(List<NDArray> states) {
        return states.get(states.size() - 1);
    }

    private static double sumOfSquares(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }

    /** The stored adapters layerI.query.A, each with the suffix, under our names. */
    private TensorMap adapters(String prefix, String suffix) {
        Map<String, Tensor> tensors = new TreeMap<>();
        for (String name : golden.names(prefix + "layer")) {
            if (name.endsWith(".A" + suffix) || name.endsWith(".B" + suffix)) {
                tensors.put(adapterName("layer" + name), golden.tensor(prefix + "layer" + name));
            }
        }
        return new TensorMap(tensors);
    }

    /** layer0.query.A0 is roberta.encoder.layer.0.attention.self.query.lora_A; other names stay. */
    private String adapterName(String stored) {
        String[] parts = stored.split("\\.");
        if (!parts[0].startsWith("layer")) {
            return stored;
        }
        String layer = "%s.encoder.layer.%s.".formatted(arch, parts[0].substring("layer".length()));
        if (parts.length == 4) {
            String subLayer = parts[1].equals("attention") ? "attention.output" : parts[1];
            return layer + "%s.adapter.%s.%s".formatted(subLayer, parts[2], parts[3]);
        }
        return layer
                + "attention.self.%s.lora_%s"
                        .formatted(parts[1].equals("query") ? query : value, parts[2].substring(0, 1));
    }

    /** B A of a layer, named as the stored deltas are. */
    private Tensor product(TensorMap tensors, String name) {
        Tensor a = tensors.get(adapterName(name + ".A"));
        Tensor b = tensors.get(adapterName(name + ".B"));
        try (NDManager scope = manager.newSubManager()) {
            return Torch.toTensor(Torch.toArray(scope, b).matMul(Torch.toArray(scope, a)));
        }
    }

    private static Tensor difference(Tensor a, Tensor b) {
        float[] values = new float[a.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = a.values()[i] - b.values()[i];
        }
        return new Tensor(a.shape(), values);
    }
}
