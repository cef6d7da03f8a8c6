package federa.job;

import federa.task.Batch;
import federa.task.Example;
import federa.train.LocalTrainer;
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
        double[] seconds = new double[repetitions];
        double cpuSeconds = Double.MAX_VALUE;
        try (BenchModel model = new BenchModel(options);
                LocalTrainer trainer = model.trainer()) {
            for (int step = -warmUp; step < repetitions; step++) {
                Batch texts = texts(model.config().vocabulary(), step);
                double cpu = BenchOptions.cpuSeconds();
                long start = System.nanoTime();
                trainer.step(texts, BenchModel.LEARNING_RATE);
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
                .mapToObj(row ->
                        new Example(random.ints(length, 4, vocabulary).toArray(), random.nextInt(BenchModel.LABELS)))
                .toList());
    }
}
