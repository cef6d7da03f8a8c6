package federa.job;

import federa.pipeline.Scoring;
import federa.store.Round;
import federa.store.Round.Evaluation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Computes a run's metrics anew from its stored adapters. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "Computes a run's metrics on a split, from the adapters of any committed round.",
        footer = {"", "Example: federa evaluate --run-id quickstart --round 3"})
public final class EvaluateJob implements Callable<Integer> {

    @Mixin
    private Options.Store store;

    @Mixin
    private Options.TrainedRun run;

    @Mixin
    private Options.CommittedRound round;

    @Option(
            names = "--split",
            paramLabel = "NAME",
            defaultValue = "test",
            description = "train or test (default: ${DEFAULT-VALUE}).")
    private String split;

    @Mixin
    private Options.Result result;

    public static void main(String[] args) {
        Launch.main(new EvaluateJob(), args);
    }

    @Override
    public Integer call() {
        String runId = run.id();
        return store.withExisting("evaluate " + runId, 1, workspace -> {
            long start = System.nanoTime();
            Scoring scoring = new Scoring(workspace, runId);
            Round.Summary at = round.of(scoring);
            List<Evaluation> evaluations = scoring.evaluate(at, split);
            evaluations.forEach(e -> System.out.printf("%-10s %.6f%n", e.metric(), e.value()));
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("run_id", runId);
            json.put("rounds", at.number());
            json.put("metric", evaluations.get(0).metric());
            json.put("value", evaluations.get(0).value());
            json.put("seconds", (System.nanoTime() - start) / 1e9);
            result.write(json);
            return 0;
        });
    }
}
