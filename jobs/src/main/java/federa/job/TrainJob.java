package federa.job;

import federa.config.Experiment;
import federa.federated.BestRound;
import federa.pipeline.Results;
import federa.pipeline.Training;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains one run, or goes on with it after its last committed round. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Trains a run in rounds, or goes on with it after its last committed round.",
        footer = {
            "",
            "The model, the data set and the partition must be in the warehouse (the jobs import-model, prepare, partition;",
            "a missing partition is made). Kill it at any moment and start it again with the same arguments.",
            "Example: federa train --conf conf/experiments/quickstart.yaml --run-id q1"
        })
public final class TrainJob implements Callable<Integer> {

    @Mixin
    private Options.Conf conf;

    @Mixin
    private Options.Store store;

    @Mixin
    private Options.Run run;

    @Mixin
    private Options.Result result;

    public static void main(String[] args) {
        Launch.main(new TrainJob(), args);
    }

    @Override
    public Integer call() {
        Experiment experiment = conf.read(store).bind();
        String runId = run.orNameOf(experiment);
        return store.withExisting("train " + runId, experiment.compute().threads(), workspace -> {
            long start = System.nanoTime();
            new Training(workspace).train(experiment, runId);
            Results results = Results.of(workspace, runId);
            RoundTable.print(results);
            result.write(summary(results, start));
            return 0;
        });
    }

    static Map<String, Object> summary(Results results, long start) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run_id", results.runId());
        json.put("rounds", results.last().number());
        json.put("metric", results.metric());
        json.put("value", Double.isNaN(results.value()) ? null : results.value());
        json.put("best_round", results.best().map(BestRound::round).orElse(null));
        json.put("best_value", results.best().map(BestRound::value).orElse(null));
        json.put("seconds", (System.nanoTime() - start) / 1e9);
        json.put("adapters_sha256", results.last().adaptersSha256());
        return json;
    }
}
