package federa.job;

import federa.config.Check;
import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.pipeline.Datasets;
import federa.pipeline.Models;
import federa.pipeline.Reports;
import federa.pipeline.Results;
import federa.pipeline.Training;
import federa.pipeline.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The whole pipeline of an experiment, from raw data to report, skipping what the warehouse already has. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs an experiment and its baselines from raw data to report, skipping what is there already.",
        footer = {
            "",
            "Each step can also be run alone: import-model, prepare, partition, train, evaluate, report.",
            "Example: federa run --conf conf/experiments/quickstart.yaml --set federation.rounds=12"
        })
public final class RunJob implements Callable<Integer> {

    @Mixin
    private Options.Conf conf;

    @Mixin
    private Options.Store store;

    @Mixin
    private Options.Run run;

    @Mixin
    private Options.Result result;

    public static void main(String[] args) {
        Launch.main(new RunJob(), args);
    }

    @Override
    public Integer call() {
        ExperimentFile file = conf.read(store);
        Experiment asked = file.bind();
        String runId = run.orNameOf(asked);
        Map<String, Experiment> runs = new TreeMap<>();
        asked.baselines().forEach((name, keys) -> {
            Check.name("--run-id with baselines." + name, runId + "-" + name);
            runs.put(runId + "-" + name, file.baseline(name, keys).bind());
        });
        return store.with("run " + runId, asked.compute().threads(), workspace -> {
            long start = System.nanoTime();
            Training training = new Training(workspace);
            Experiment experiment = training.continued(asked, runId);
            runs.replaceAll((id, baseline) -> training.continued(baseline, id));
            new Models(workspace).importIfMissing(experiment.model());
            training.requireFitsModel(experiment);
            runs.values().forEach(training::requireFitsModel);
            new Datasets(workspace).prepare(experiment.data());
            List<Results> results = new ArrayList<>();
            results.add(train(workspace, experiment, runId));
            runs.forEach((id, baseline) -> results.add(train(workspace, baseline, id)));
            Path page = new Reports(workspace).write(runId, results);
            RoundTable.print(results.get(0));
            if (results.size() > 1) {
                RoundTable.printComparison(results);
                RoundTable.printTargets(results);
            }
            System.out.printf("%nTables  %s/tables%nReport  %s%n", workspace.warehouse(), page);
            result.write(TrainJob.summary(results.get(0), start));
            return 0;
        });
    }

    private static Results train(Workspace workspace, Experiment experiment, String runId) {
        new Training(workspace).train(experiment, runId);
        return Results.of(workspace, runId);
    }
}
