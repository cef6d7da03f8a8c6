package federa.pipeline;

import federa.config.Canonical;
import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.federated.ClientUpdate;
import federa.prepare.Preparation;
import federa.prepare.Prepared;
import federa.random.HeldOut;
import federa.store.Round;
import federa.store.Runs;
import federa.store.Tables;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What runs will cost, before they are trained: from runs of the same model and method that a warehouse has, or else from a
 * probe, a round of one client and a few steps in a warehouse of its own.
 */
public final class Estimates {

    /** Steps of a probe: enough for the first, slow one not to matter much. */
    private static final int PROBE_STEPS = 6;

    /** A step's share for the forward pass: the backward pass costs twice as much. */
    private static final double FORWARD = 1.0 / 3;

    private final Optional<Workspace> warehouse;
    private final Workspace probes;
    private final Map<String, Speed> speeds = new HashMap<>();
    private final Map<String, Rows> rows = new HashMap<>();

    /**
     * Estimates of what a warehouse's executors will do.
     *
     * @param warehouse with the runs to go by, if it is there; nothing is written to it
     * @param probes a warehouse to throw away
     */
    public Estimates(Optional<Workspace> warehouse, Workspace probes) {
        this.warehouse = warehouse;
        this.probes = probes;
    }

    /**
     * The cost of a run.
     *
     * @param bytes up and down, of all rounds
     * @param seconds if it has the executors to itself
     * @param source where the numbers are from, in words
     */
    public record Cost(double bytes, double seconds, String source) {}

    /**
     * What a model and a method cost.
     *
     * @param secondsPerToken of a client's training
     * @param bytesPerClient up and down, in a round
     * @param secondsPerRound besides training: the commit
     */
    private record Speed(double secondsPerToken, double bytesPerClient, double secondsPerRound, String source) {}

    private record Rows(long train, long test) {}

    /** The whole cost of a run that has not begun. */
    public Cost of(Experiment experiment) {
        Speed speed = speeds.computeIfAbsent(
                modelAndMethod(experiment), key -> measured(key).orElseGet(() -> probed(experiment)));
        Rows of = rows.computeIfAbsent(experiment.data().name(), name -> rows(experiment.data()));
        int rounds = experiment.federation().rounds();
        double clients = (double) rounds * experiment.federation().clientsPerRound();
        double perRow = experiment.data().maxTokens() * speed.secondsPerToken();
        double trained = clients * rowsPerClient(experiment, of.train()) * perRow;
        double evaluated = evaluations(experiment) * of.test() * perRow * FORWARD;
        double solved = experiment.head().start().closedForm().isPresent() ? of.train() * perRow * FORWARD : 0;
        int sideBySide = Math.max(1, probes.parallelism() / experiment.compute().threads());
        return new Cost(
                clients * speed.bytesPerClient(),
                (trained + evaluated + solved) / sideBySide + rounds * speed.secondsPerRound(),
                speed.source());
    }

    private static String modelAndMethod(Experiment experiment) {
        return experiment.model().name() + " " + Canonical.of(experiment.method());
    }

    /** What a client trains on in a round, repeated ones counted again. */
    private static double rowsPerClient(Experiment experiment, long train) {
        int steps = experiment.training().localSteps();
        int clients = experiment
                .partition()
                .clientsAsked()
                .orElse(experiment.federation().clientsPerRound());
        return steps > 0
                ? (double) steps * experiment.training().batchSize()
                : (double) experiment.training().epochs() * train / clients;
    }

    private static long evaluations(Experiment experiment) {
        int rounds = experiment.federation().rounds();
        return IntStream.rangeClosed(0, rounds)
                .filter(round -> experiment.evaluation().due(round, rounds))
                .count();
    }

    private Optional<Speed> measured(String key) {
        if (warehouse.isEmpty()) {
            return Optional.empty();
        }
        List<Results> runs = new Runs(warehouse.get().tables())
                .all().stream()
                        .filter(run -> run.rounds().size() > 1)
                        .filter(run -> modelAndMethod(ExperimentFile.ofYaml(run.config()))
                                .equals(key))
                        .map(run -> Results.of(warehouse.get(), run.runId()))
                        .toList();
        return runs.isEmpty() ? Optional.empty() : Optional.of(speed(runs, "measured, runs: " + runs.size()));
    }

    private Speed probed(Experiment experiment) {
        Experiment probe = ExperimentFile.parse("probe", ExperimentFile.whole(experiment), System::getenv)
                .with(List.of(
                        "head.start=fresh",
                        "training.local-steps=" + PROBE_STEPS,
                        "federation.rounds=1",
                        "federation.clients-per-round=1",
                        "federation.min-clients=1",
                        "federation.patience=0",
                        "federation.client={kind: plain}",
                        "federation.aggregator={kind: mean}",
                        "federation.strategy={kind: fedavg}",
                        "evaluation.every=0",
                        "evaluation.clients-every=0",
                        "evaluation.validation=0.0"))
                .bind();
        String runId = "probe-" + speeds.size();
        new Models(probes).importIfMissing(probe.model());
        new Training(probes).requireFitsModel(probe);
        new Datasets(probes).prepare(probe.data());
        new Training(probes).train(probe, runId);
        return speed(List.of(Results.of(probes, runId)), "probed");
    }

    private static Speed speed(List<Results> runs, String source) {
        double clientSeconds = 0;
        double tokens = 0;
        double bytes = 0;
        double clients = 0;
        double others = 0;
        int rounds = 0;
        for (Results run : runs) {
            double perStep = run.experiment().training().batchSize()
                    * (double) run.experiment().data().maxTokens();
            for (Round.Summary round : run.rounds()) {
                if (round.number() == 0) {
                    continue; // the start trains nothing
                }
                for (ClientUpdate update : run.updates().getOrDefault(round.number(), List.of())) {
                    clientSeconds += update.seconds();
                    tokens += update.steps() * perStep;
                    bytes += 2.0 * update.bytesUp(); // down come the same tensors; FeDeRA's start comes once
                    clients++;
                }
                others += round.phaseSeconds().getOrDefault("write", 0.0);
                rounds++;
            }
        }
        return new Speed(clientSeconds / tokens, bytes / clients, others / rounds, source);
    }

    private Rows rows(Experiment.Data data) {
        boolean stored = warehouse
                .flatMap(there -> Tables.read(there.spark(), there.warehouse().dataset(data.name())))
                .isPresent();
        if (stored) {
            Datasets.Stored there = new Datasets(warehouse.get()).open(data.name());
            return new Rows(there.split("train").count(), there.split("test").count());
        }
        try (Prepared prepared = new Preparation(probes.spark(), data.maxBadShare())
                .run(data.source(), new HeldOut(data.testShare(), data.testSeed()))) {
            return new Rows(
                    prepared.rows().where("split = 'train'").count(),
                    prepared.rows().where("split = 'test'").count());
        }
    }
}
