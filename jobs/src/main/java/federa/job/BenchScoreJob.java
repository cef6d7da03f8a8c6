package federa.job;

import federa.task.Example;
import federa.train.Scorer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Seconds of scoring real texts, from token ids to logits, in batches of similar lengths. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = "Seconds of scoring real texts: the forward pass in batches of similar lengths.",
        footer = {
            "",
            "Example: federa bench score --conf conf/experiments/quickstart.yaml --examples 400 --precision bf16"
        })
public final class BenchScoreJob implements Callable<Integer> {

    @Mixin
    private BenchOptions options;

    @Mixin
    private BenchTexts texts;

    @Option(names = "--batch", defaultValue = "32", description = "Texts per pass (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--repetitions", defaultValue = "3", description = "Timed runs (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Override
    public Integer call() {
        List<Example> examples = texts.read();
        double[] seconds = new double[repetitions];
        try (BenchModel model = new BenchModel(options)) {
            Scorer scorer = model.scorer();
            scorer.outputs(examples.subList(0, Math.min(examples.size(), 2 * batch)), batch); // warm up
            for (int i = 0; i < repetitions; i++) {
                long start = System.nanoTime();
                scorer.outputs(examples, batch);
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
        }
        Map<String, Object> json = options.result("score", seconds);
        json.put("batch", batch);
        json.put("length", texts.length);
        BenchTexts.describe(examples, json);
        json.put("examples_per_second", examples.size() / (double) json.get("median_seconds"));
        Launch.printJson(json);
        return 0;
    }
}
