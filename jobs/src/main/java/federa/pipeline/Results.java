package federa.pipeline;

import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.federated.BestRound;
import federa.federated.ClientUpdate;
import federa.spi.InvalidInputException;
import federa.store.Round;
import federa.store.Round.Evaluation;
import federa.store.RunStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the tables tell of a run.
 *
 * @param rounds committed, the start first
 * @param evaluations by round
 * @param updates of clients, by round
 */
public record Results(
        String runId,
        RunStore.Attempt attempt,
        List<Round.Summary> rounds,
        Map<Integer, List<Evaluation>> evaluations,
        Map<Integer, List<ClientUpdate>> updates) {

    /**
     * Reads a run.
     *
     * @throws InvalidInputException if there is none with a committed round
     */
    public static Results of(Workspace workspace, String runId) {
        RunStore store = new RunStore(workspace.tables(), runId);
        List<Round.Summary> rounds = store.rounds();
        RunStore.Attempt attempt = store.lastAttempt()
                .filter(a -> !rounds.isEmpty())
                .orElseThrow(() -> new InvalidInputException(
                        "the warehouse %s has no run %s with a committed round; train it first"
                                .formatted(workspace.warehouse(), runId)));
        return new Results(runId, attempt, rounds, store.evaluations(rounds), store.updates(rounds));
    }

    /** The best round by the validation examples; nothing if the run held none out. */
    public Optional<BestRound> best() {
        return BestRound.of(BestRounds.validation(evaluations, metric()));
    }

    /** The metric that the run is judged by on the validation examples after a round, if there are any. */
    public Optional<Double> validation(int round) {
        return Optional.ofNullable(BestRounds.validation(evaluations, metric()).get(round));
    }

    public Round.Summary last() {
        return rounds.get(rounds.size() - 1);
    }

    /** A metric of a round's global model on the test split, if the round was evaluated. */
    public Optional<Double> metric(String metric, int round) {
        return evaluations.getOrDefault(round, List.of()).stream()
                .filter(e -> e.split().equals("test") && e.metric().equals(metric))
                .map(Evaluation::value)
                .findFirst();
    }

    /** What was asked for. */
    public Experiment experiment() {
        return ExperimentFile.ofYaml(attempt.config());
    }

    /** The metric that the run is judged by: its task's. */
    public String metric() {
        return experiment().task().metric();
    }

    /** {@link #metric()} on the test split of the last round that was evaluated: the last one, unless the run ended early. */
    public double value() {
        return rounds.stream()
                .flatMap(round -> metric(metric(), round.number()).stream())
                .reduce((earlier, later) -> later)
                .orElse(Double.NaN);
    }

    /** Seconds of all rounds together. */
    public double seconds() {
        return rounds.stream().mapToDouble(Round.Summary::seconds).sum();
    }

    /**
     * The share of the rounds' seconds that each phase took; what is missing to 1 is none of them. A round is written while the
     * next one trains, so that the phases together may be longer than the rounds: then they are shares of their sum.
     */
    public Map<String, Double> phaseShares() {
        Map<String, Double> shares = new TreeMap<>();
        rounds.stream().filter(round -> round.number() > 0).forEach(round -> round.phaseSeconds()
                .forEach((phase, s) -> shares.merge(phase, s, Double::sum)));
        double phases =
                shares.values().stream().mapToDouble(Double::doubleValue).sum();
        double all = Math.max(seconds() - rounds.get(0).seconds(), phases);
        shares.replaceAll((phase, s) -> s / all);
        return shares;
    }

    /** Megabytes that all rounds moved, up and down. */
    public double megabytes() {
        return rounds.stream().mapToLong(r -> r.bytesUp() + r.bytesDown()).sum() / 1e6;
    }
}
