package federa.job;

import federa.pipeline.Results;
import federa.store.Round;
import federa.federated.ClientUpdate;
import federa.store.Round.Evaluation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the committed rounds of a run, with the clients that failed. */
@Command(
        name = "rounds",
        mixinStandardHelpOptions = true,
        description = "Lists the committed rounds of a run, and which clients failed in them and why.",
        footer = {"", "Example: federa rounds --run-id quickstart"})
public final class RoundsJob implements Callable<Integer> {

    @Mixin
    private Options.Store store;

    @Mixin
    private Options.TrainedRun run;

    public static void main(String[] args) {
        Launch.main(new RoundsJob(), args);
    }

    @Override
    public Integer call() {
        String runId = run.id();
        return store.withExisting("rounds " + runId, 1, workspace -> {
            Results results = Results.of(workspace, runId);
            RoundTable.print(results);
            results.updates().forEach((round, updates) -> updates.stream()
                    .filter(update -> !update.ok())
                    .forEach(failed -> System.out.printf(
                            "round %d: client %d on %s %s: %s%n",
                            round, failed.client(), failed.host(), failed.status(), failed.error())));
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("run_id", runId);
            json.put("metric", results.metric());
            json.put(
                    "rounds",
                    results.rounds().stream().map(round -> json(results, round)).toList());
            Launch.printJson(json);
            return 0;
        });
    }

    private static Map<String, Object> json(Results run, Round.Summary round) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("round", round.number());
        json.put("attempt", round.attempt());
        json.put("committed_at", round.committedAt().toString());
        json.put("clients", round.clients());
        json.put("failed", failed(run.updates().getOrDefault(round.number(), List.of())));
        json.put("num_examples", round.numExamples());
        json.put("train_loss", Double.isNaN(round.trainLoss()) ? null : round.trainLoss());
        json.put("metrics", metrics(run.evaluations().getOrDefault(round.number(), List.of())));
        json.put("bytes_up", round.bytesUp());
        json.put("bytes_down", round.bytesDown());
        json.put("seconds", round.seconds());
        json.put("phase_seconds", new TreeMap<>(round.phaseSeconds()));
        json.put("adapters_sha256", round.adaptersSha256());
        return json;
    }

    private static Map<Integer, String> failed(List<ClientUpdate> updates) {
        Map<Integer, String> failed = new TreeMap<>();
        updates.stream().filter(update -> !update.ok()).forEach(update -> failed.put(update.client(), update.error()));
        return failed;
    }

    private static Map<String, Double> metrics(List<Evaluation> evaluations) {
        Map<String, Double> metrics = new TreeMap<>();
        evaluations.forEach(e -> metrics.put(e.metric(), e.value()));
        return metrics;
    }
}
