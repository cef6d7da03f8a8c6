package federa.job;

import federa.config.Experiment;
import federa.pipeline.Datasets;
import federa.pipeline.Models;
import federa.pipeline.Results;
import federa.pipeline.Training;
import federa.pipeline.Workspace;
import federa.store.Round;
import federa.federated.ClientUpdate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Seconds of an experiment's rounds, and how much of them is not the clients' training. */
@Command(
        name = "round",
        mixinStandardHelpOptions = true,
        description = {
            "Trains an experiment in a warehouse of its own: seconds of its rounds but the first, which also warms up.",
            "outside_seconds: a round's seconds less those for which its clients would keep all slots busy.",
            "With --set evaluation.every=1000 it is free of evaluation, which takes the same cores."
        },
        footer = {
            "",
            "Example: FEDERA_MASTER=local[2] federa bench round --conf conf/experiments/quickstart.yaml"
                    + " --set federation.rounds=6"
        })
public final class BenchRoundJob implements Callable<Integer> {

    private static final String RUN = "bench";

    @Mixin
    private Options.Conf conf;

    @Override
    public Integer call() {
        Experiment experiment = conf.read().bind();
        if (experiment.federation().rounds() < 2) {
            throw new IllegalArgumentException("federation.rounds must be at least 2: the first is not counted");
        }
        int threads = experiment.compute().threads();
        Launch.printJson(TemporaryWarehouse.with(threads, workspace -> measure(workspace, experiment)));
        return 0;
    }

    private static Map<String, Object> measure(Workspace workspace, Experiment experiment) {
        new Models(workspace).importIfMissing(experiment.model());
        new Datasets(workspace).prepare(experiment.data());
        new Training(workspace).train(experiment, RUN);
        Results results = Results.of(workspace, RUN);
        List<Round.Summary> rounds =
                results.rounds().subList(2, results.rounds().size());
        double[] seconds = rounds.stream().mapToDouble(Round.Summary::seconds).toArray();
        int slots = Math.max(
                1,
                workspace.spark().sparkContext().defaultParallelism()
                        / experiment.compute().threads());
        double all = 0;
        double outside = 0;
        int clients = 0;
        for (Round.Summary round : rounds) {
            double training = results.updates().get(round.number()).stream()
                    .mapToDouble(ClientUpdate::seconds)
                    .sum();
            all += round.seconds();
            outside += round.seconds() - training / slots;
            clients += round.clients();
        }
        Map<String, Object> json = BenchOptions.figures("round", seconds);
        json.put("slots", slots);
        json.put("threads", experiment.compute().threads());
        json.put("clients_per_second", clients / all);
        json.put("outside_seconds", outside / rounds.size());
        json.put("outside_share", outside / all);
        for (String phase : List.of("train", "evaluate", "write")) {
            json.put(
                    phase + "_seconds",
                    rounds.stream()
                            .mapToDouble(round -> round.phaseSeconds().getOrDefault(phase, 0.0))
                            .average()
                            .orElseThrow());
        }
        return json;
    }
}
