package federa.job;

import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.engine.Torch;
import federa.peft.FrozenBase;
import federa.peft.Lora;
import federa.peft.Scaling;
import federa.task.Batch;
import federa.task.Example;
import federa.task.TextClassification;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.LocalTrainer;
import federa.train.LocalTraining;
import federa.train.OptimizerConfig;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Seconds of one training step: embeddings, encoder, dropout, head, backward, clipping, AdamW. */
@Command(
        name = "step",
        mixinStandardHelpOptions = true,
        description = "Seconds of one training step with LoRA on query and value: median of the repetitions.",
        footer = {
            "",
            "Example: federa bench step --arch roberta --size base --batch 8 --length 128 --threads 2 --precision fp32"
        })
public final class BenchStepJob implements Callable<Integer> {

    private static final int LABELS = 20;

    @Mixin
    private BenchOptions options;

    @Option(names = "--batch", defaultValue = "8", description = "Texts per step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--length", defaultValue = "128", description = "Tokens per text (default: ${DEFAULT-VALUE}).")
    private int length;

    @Option(names = "--warm-up", defaultValue = "2", description = "Steps before (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(names = "--repetitions", defaultValue = "10", description = "Timed steps (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Override
    public Integer call() {
        Torch.threads(options.threads);
        Lora lora = new Lora(options.rank, options.rank, Scaling.STANDARD, options.targets());
        LocalTraining training = new LocalTraining(1, batch, 1e-3, 0, 1, 0, OptimizerConfig.AdamW.standard());
        double[] seconds = new double[repetitions];
        double cpuSeconds = Double.MAX_VALUE;
        try (NDManager manager = BenchOptions.manager();
                BaseModel base = options.model(manager);
                FrozenBase frozen = new FrozenBase(base, lora, TensorMap.empty(), options.precision);
                ClientModel model = new ClientModel(
                        frozen,
                        lora.initial(base, 0).with(base.initialHead(HeadKind.SEQUENCE, LABELS, 0)),
                        HeadKind.SEQUENCE,
                        LABELS,
                        0);
                LocalTrainer trainer = new LocalTrainer(
                        model, new TextClassification(), base.config().padId(), training)) {
            for (int step = -warmUp; step < repetitions; step++) {
                Batch texts = texts(base.config().vocabulary(), step);
                double cpu = BenchOptions.cpuSeconds();
                long start = System.nanoTime();
                trainer.step(texts, training.learningRate());
                if (step >= 0) {
                    seconds[step] = (System.nanoTime() - start) / 1e9;
                    cpuSeconds = Math.min(cpuSeconds, BenchOptions.cpuSeconds() - cpu);
                }
            }
        }
        Map<String, Object> json = options.result("step", seconds);
        json.put("min_cpu_seconds", cpuSeconds);
        json.put("batch", batch);
        json.put("length", length);
        Launch.printJson(json);
        return 0;
    }

    private Batch texts(int vocabulary, int seed) {
        Random random = new Random(seed);
        return new Batch(IntStream.range(0, batch)
                .mapToObj(row -> new Example(random.ints(length, 4, vocabulary).toArray(), random.nextInt(LABELS)))
                .toList());
    }
}
