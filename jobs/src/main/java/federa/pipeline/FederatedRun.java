package federa.pipeline;

import federa.federated.Server;
import federa.federated.ServerState;
import federa.head.HeadSolver;
import federa.store.Round;
import federa.store.Round.ClientEvaluation;
import federa.store.Round.Evaluation;
import federa.store.RunLease;
import federa.store.RunStore;
import federa.tensor.TensorMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run's rounds, one after the other: the server's part, see {@link Server#round}, then evaluation and commit. These two go
 * on beside the first part of the next round.
 *
 * <p>Everything random is a function of (seed, round, client) and updates are aggregated in the order of the clients, so a
 * run that was killed and resumed ends with the same bits as one that was not.
 */
final class FederatedRun {

    private static final Logger LOG = LoggerFactory.getLogger(FederatedRun.class);

    /** Before the name of the split, in the evaluations of round 0 with the head that was replaced by a solved one. */
    static final String BEFORE_HEAD = "before_head_";

    private final Workspace workspace;
    private final RunStore store;
    private final RunLease lease;
    private final Server server;
    private final StateBroadcasts states;
    private final List<Evaluator> evaluators;
    private final EarlyStop stop;
    private final RoundMetrics metrics;
    private final String jobGroup;
    private final long anchorBytes;
    private final boolean commitsBesideTraining;

    /** When the commit of the last round began; the commits' own. */
    private long lastCommit;

    /**
     * The rounds of an attempt.
     *
     * @param states the broadcasts of the server's states
     * @param jobGroup what Spark calls the jobs of the run together
     * @param anchorBytes what a client must be sent once, besides what the algorithm sends in rounds
     * @param stop may end the run before its last round; a round must then be evaluated before the next one trains
     * @param commitsBesideTraining whether executors have cores to spare for the evaluation of a round while the next trains
     */
    FederatedRun(
            Workspace workspace,
            RunStore store,
            RunLease lease,
            Server server,
            StateBroadcasts states,
            List<Evaluator> evaluators,
            EarlyStop stop,
            RoundMetrics metrics,
            String jobGroup,
            long anchorBytes,
            boolean commitsBesideTraining) {
        this.workspace = workspace;
        this.store = store;
        this.lease = lease;
        this.server = server;
        this.states = states;
        this.evaluators = evaluators;
        this.stop = stop;
        this.metrics = metrics;
        this.jobGroup = jobGroup;
        this.anchorBytes = anchorBytes;
        this.commitsBesideTraining = commitsBesideTraining;
    }

    /** Commits the state before training as round 0, then runs and commits {@code last} rounds. */
    void start(ServerState initial, int last) {
        try (Commits commits = commits()) {
            Phases phases = new Phases();
            commits.add(() -> finish(0, last, new Server.Outcome(initial, List.of()), List.of(), 0, phases));
            rounds(commits, initial, 0, last);
        }
    }

    /**
     * Commits the state with a head that is solved from the clients' examples as round 0, evaluated with the head before it as
     * well, then runs and commits {@code last} rounds.
     *
     * @param initial the state with the head as it was
     * @param clients that have examples, in ascending order
     */
    void start(ServerState initial, HeadSolver solver, TensorMap trainable, List<Integer> clients, int last) {
        try (Commits commits = commits()) {
            Phases phases = new Phases();
            HeadSolver.Solved solved = phases.time("head", () -> solver.solve(trainable, initial, clients));
            List<Evaluation> before =
                    solved.changed() ? phases.time("evaluate", () -> beforeHead(initial, last)) : List.of();
            ServerState started = solved.state();
            long bytesDown =
                    solved.bytesDown() + clients.size() * (server.algorithm().bytesDown(initial, 1, 0) + anchorBytes);
            if (solved.changed()) {
                states.release(initial);
            }
            commits.add(
                    () -> finish(0, last, new Server.Outcome(started, solved.updates()), before, bytesDown, phases));
            rounds(commits, started, 0, last);
        }
    }

    private List<Evaluation> beforeHead(ServerState initial, int last) {
        return evaluators.stream()
                .flatMap(evaluator -> evaluator.evaluateIfDue(states.of(initial), 0, last).all().stream())
                .map(e -> new Evaluation(BEFORE_HEAD + e.split(), e.metric(), e.value(), e.numExamples(), e.seconds()))
                .toList();
    }

    /**
     * Runs and commits the rounds after {@code done} up to {@code last}.
     *
     * @param state after round {@code done}
     */
    void resume(ServerState state, int done, int last) {
        try (Commits commits = commits()) {
            rounds(commits, state, done, last);
        }
    }

    private Commits commits() {
        lastCommit = System.nanoTime();
        return commitsBesideTraining
                ? new Commits.BesideTraining(() -> workspace.context().cancelJobGroup(jobGroup))
                : new Commits.BetweenRounds();
    }

    private void rounds(Commits commits, ServerState first, int done, int last) {
        Map<Integer, Integer> lastRounds = new HashMap<>(); // of each client
        for (int round = 1; round <= done; round++) {
            bytesDown(first, round, lastRounds);
        }
        try {
            ServerState state = first;
            for (int number = done + 1; number <= last && !stop.reached(); number++) {
                int round = number;
                ServerState before = state;
                Phases phases = new Phases();
                Server.Outcome outcome = phases.time("train", () -> server.round(before, round));
                long bytesDown = bytesDown(before, round, lastRounds);
                commits.add(() -> finish(round, last, outcome, List.of(), bytesDown, phases));
                states.release(before); // the commit that used it has ended, or the one above would not have begun
                state = outcome.state();
            }
            commits.await();
            if (stop.reached()) {
                LOG.info("the run ends before round {}: {}", last, stop);
            }
        } catch (Exception e) { // Scala declares nothing
            commits.await(); // a commit that failed has cancelled the training, and is what to tell
            throw e;
        }
    }

    /** What the clients of a round are sent, in bytes; they then have it. */
    private long bytesDown(ServerState state, int round, Map<Integer, Integer> lastRounds) {
        long bytes = 0;
        for (int client : server.sampler().round(round)) {
            int lastRound = lastRounds.getOrDefault(client, 0);
            bytes += server.algorithm().bytesDown(state, round, lastRound) + (lastRound == 0 ? anchorBytes : 0);
            lastRounds.put(client, round);
        }
        return bytes;
    }

    /**
     * Evaluates and commits a round.
     *
     * @param before evaluations that the round has besides
     */
    private void finish(
            int round, int last, Server.Outcome outcome, List<Evaluation> before, long bytesDown, Phases phases) {
        List<Evaluator.Measured> measured = phases.time("evaluate", () -> evaluators.stream()
                .map(evaluator -> evaluator.evaluateIfDue(states.of(outcome.state()), round, last))
                .toList());
        List<Evaluation> evaluations = Stream.concat(measured.stream().flatMap(m -> m.all().stream()), before.stream())
                .toList();
        double seconds = sinceLastCommit();
        Round result = new Round(
                round,
                outcome.state(),
                outcome.updates(),
                evaluations,
                measured.stream().flatMap(m -> m.byClient().stream()).toList(),
                bytesDown,
                seconds,
                phases.seconds());
        commit(result);
        stop.add(round, evaluations);
        LOG.info(
                "round={}/{} {}{}{}seconds={}",
                round,
                last,
                describe(result),
                describe(evaluations),
                describeClients(result),
                "%.1f".formatted(seconds));
    }

    /**
     * Seconds since the commit of the round before began, or this attempt. From begin to begin, because a round's row
     * cannot say how long it took to write it.
     */
    private double sinceLastCommit() {
        long now = System.nanoTime();
        double seconds = (now - lastCommit) / 1e9;
        lastCommit = now;
        return seconds;
    }

    private void commit(Round round) {
        workspace.describe("round %d: commit".formatted(round.number()));
        metrics.show(store.commit(round, lease), round.evaluations());
        workspace.describe(null);
        round.updates()
                .forEach(update -> LOG.debug(
                        "round={} client={} status={} examples={} steps={} loss={} seconds={} host={} device={}",
                        round.number(),
                        update.client(),
                        update.status(),
                        update.numExamples(),
                        update.steps(),
                        "%.4f".formatted(update.lossMean()),
                        "%.1f".formatted(update.seconds()),
                        update.host(),
                        update.device()));
    }

    /** What a round trained; the start trains nothing, and has no steps. */
    private static String describe(Round round) {
        return round.updates().stream().allMatch(update -> update.steps() == 0)
                ? ""
                : String.format(
                        Locale.ROOT,
                        "clients=%d/%d examples=%d train_loss=%.4f ",
                        round.trained().size(),
                        round.updates().size(),
                        round.numExamples(),
                        round.trainLoss());
    }

    /** How many clients hold out examples; the others are left out where each is evaluated on its own. */
    private static String describeClients(Round round) {
        long clients = round.clientEvaluations().stream()
                .mapToInt(ClientEvaluation::client)
                .distinct()
                .count();
        return clients == 0 ? "" : String.format(Locale.ROOT, "evaluated_clients=%d ", clients);
    }

    private static String describe(List<Evaluation> evaluations) {
        StringBuilder text = new StringBuilder();
        evaluations.forEach(e -> text.append(String.format(
                Locale.ROOT, "%s%s=%.4f ", e.split().equals("test") ? "" : e.split() + "_", e.metric(), e.value())));
        return text.toString();
    }
}
