package federa.job;

import federa.federated.BestRound;
import federa.pipeline.RunStatus;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the runs of a warehouse. */
@Command(
        name = "runs",
        mixinStandardHelpOptions = true,
        description = "Lists the runs of a warehouse: status, rounds, last metric.",
        footer = {
            "",
            "finished: all rounds are committed. failed: the last attempt ended before that and said why. running: it",
            "committed something within 10 minutes, or within three times its longest round. silent: it did not.",
            "best: the best round by the validation examples, if the run holds some out (evaluation.validation).",
            "Example: federa runs --warehouse warehouse"
        })
public final class RunsJob implements Callable<Integer> {

    @Mixin
    private Options.Store store;

    public static void main(String[] args) {
        Launch.main(new RunsJob(), args);
    }

    @Override
    public Integer call() {
        return store.withExisting("runs", 1, workspace -> {
            List<RunStatus> runs = RunStatus.all(workspace);
            System.out.printf(
                    "%-32s %-9s %-9s %9s %5s  %-18s %-20s %s%n",
                    "run", "status", "method", "rounds", "best", "last metric", "started", "last commit or start");
            runs.forEach(RunsJob::print);
            Launch.printJson(Map.of("runs", runs.stream().map(RunsJob::json).toList()));
            return 0;
        });
    }

    private static void print(RunStatus run) {
        System.out.printf(
                "%-32s %-9s %-9s %9s %5s  %-18s %-20s %s%n",
                run.runId(),
                name(run.state()),
                run.method(),
                "%d/%d".formatted(Math.max(run.round(), 0), run.rounds()),
                run.best().map(best -> Integer.toString(best.round())).orElse("-"),
                Double.isNaN(run.value()) ? "-" : "%s %.4f".formatted(run.metric(), run.value()),
                run.startedAt().truncatedTo(ChronoUnit.SECONDS),
                run.seenAt().truncatedTo(ChronoUnit.SECONDS));
        run.failure().ifPresent(error -> System.out.printf("    attempt %d: %s%n", run.attempts(), error));
    }

    private static Map<String, Object> json(RunStatus run) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run_id", run.runId());
        json.put("status", name(run.state()));
        json.put("method", run.method());
        json.put("attempts", run.attempts());
        json.put("round", run.round());
        json.put("rounds", run.rounds());
        json.put("metric", run.metric());
        json.put("value", Double.isNaN(run.value()) ? null : run.value());
        json.put("best_round", run.best().map(BestRound::round).orElse(null));
        json.put("best_value", run.best().map(BestRound::value).orElse(null));
        json.put("started_at", run.startedAt().toString());
        json.put("last_seen_at", run.seenAt().toString());
        json.put("error", run.failure().orElse(null));
        return json;
    }

    private static String name(RunStatus.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
