package federa.pipeline;

import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.federated.BestRound;
import federa.store.Runs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a run stands.
 *
 * @param round the last committed one, -1 before the start is committed
 * @param rounds that it is to have
 * @param metric that the run is judged by
 * @param value of that metric when it was last evaluated, NaN before
 * @param best the best round by the validation examples, if there are any
 * @param seenAt when it last committed something
 */
public record RunStatus(
        String runId,
        State state,
        String method,
        int attempts,
        int round,
        int rounds,
        String metric,
        double value,
        Optional<BestRound> best,
        Instant startedAt,
        Instant seenAt,
        Optional<String> failure) {

    /** What the tables allow to say: a driver that is killed cannot leave a word. */
    public enum State {
        /** All its rounds are committed, or those after which it ends for want of a better one. */
        FINISHED,
        /** The last attempt ended before that, and said why. */
        FAILED,
        /** It committed something lately. */
        RUNNING,
        /** It did not: killed, waiting for executors, or in a round that is longer than all before. */
        SILENT
    }

    /** A round may take this many times as long as the longest one before it. */
    private static final int LONGER = 3;

    /** However short the rounds were, and before there is one. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** All runs of a warehouse, in the order in which they were started. */
    public static List<RunStatus> all(Workspace workspace) {
        Instant now = Instant.now();
        return new Runs(workspace.tables())
                .all().stream().map(run -> of(run, now)).toList();
    }

    static RunStatus of(Runs.Glance run, Instant now) {
        Experiment experiment = ExperimentFile.ofYaml(run.config());
        int rounds = experiment.federation().rounds();
        String metric = experiment.task().metric();
        Optional<Runs.Committed> last = run.rounds().stream().reduce((earlier, later) -> later);
        int round = last.map(Runs.Committed::round).orElse(-1);
        Instant seen = last.map(Runs.Committed::at)
                .filter(at -> at.isAfter(run.lastBegunAt()))
                .orElse(run.lastBegunAt());
        SortedMap<Integer, Double> validation = new TreeMap<>();
        run.validation().forEach((number, metrics) -> validation.put(number, metrics.get(metric)));
        boolean ended =
                BestRound.isOutOfPatience(validation, experiment.federation().patience());
        State state = round >= rounds || ended
                ? State.FINISHED
                : run.failure().isPresent()
                        ? State.FAILED
                        : seen.plus(patience(run.rounds())).isAfter(now) ? State.RUNNING : State.SILENT;
        return new RunStatus(
                run.runId(),
                state,
                run.method(),
                run.attempts(),
                round,
                rounds,
                metric,
                run.metrics().getOrDefault(metric, Double.NaN),
                BestRound.of(validation),
                run.startedAt(),
                seen,
                state == State.FINISHED ? Optional.empty() : run.failure());
    }

    private static Duration patience(List<Runs.Committed> rounds) {
        double longest =
                rounds.stream().mapToDouble(Runs.Committed::seconds).max().orElse(0);
        Duration patience = Duration.ofSeconds((long) (LONGER * longest));
        return patience.compareTo(PATIENCE) > 0 ? patience : PATIENCE;
    }
}
