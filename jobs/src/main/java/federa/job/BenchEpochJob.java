package federa.job;

import federa.task.Batch;
import federa.task.Example;
import federa.train.LocalTrainer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Seconds of a training epoch over real texts: in batches of similar lengths, and with each padded to the limit. */
@Command(
        name = "epoch",
        mixinStandardHelpOptions = true,
        description =
                "Seconds of a training epoch over real texts, and of the same with every text padded to --length.",
        footer = {
            "",
            "Example: federa bench epoch --conf conf/experiments/quickstart.yaml --examples 400 --precision bf16"
        })
public final class BenchEpochJob implements Callable<Integer> {

    @Mixin
    private BenchOptions options;

    @Mixin
    private BenchTexts texts;

    @Option(names = "--batch", defaultValue = "8", description = "Texts per step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Override
    public Integer call() {
        List<Example> examples = texts.read();
        double grouped;
        double padded;
        try (BenchModel model = new BenchModel(options);
                LocalTrainer trainer = model.trainer()) {
            List<Example> longest = examples.stream().map(this::padded).toList();
            seconds(trainer, Batch.inOrder(longest.subList(0, Math.min(longest.size(), 2 * batch)), batch)); // warm up
            grouped = seconds(trainer, Batch.shuffled(examples, batch, 0));
            padded = seconds(trainer, Batch.shuffled(longest, batch, 0));
        }
        Map<String, Object> json = options.result("epoch", new double[] {grouped});
        json.put("batch", batch);
        json.put("length", texts.length);
        BenchTexts.describe(examples, json);
        json.put("examples_per_second", examples.size() / grouped);
        json.put("padded_seconds", padded);
        json.put("ratio", padded / grouped);
        Launch.printJson(json);
        return 0;
    }

    /** Filled with a token: what it is makes no difference to the time. */
    private Example padded(Example example) {
        return new Example(Arrays.copyOf(example.ids(), texts.length), example.targets());
    }

    private static double seconds(LocalTrainer trainer, List<Batch> batches) {
        long start = System.nanoTime();
        batches.forEach(step -> trainer.step(step, BenchModel.LEARNING_RATE));
        return (System.nanoTime() - start) / 1e9;
    }
}
