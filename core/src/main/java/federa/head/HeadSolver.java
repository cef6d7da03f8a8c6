package federa.head;

import federa.encoder.EncoderConfig;
import federa.encoder.HeadDesign;
import federa.federated.Aggregate;
import federa.federated.ClientUpdate;
import federa.federated.Server;
import federa.federated.ServerState;
import federa.spi.InvalidInputException;
import federa.task.ClassTask;
import federa.task.Task;
import federa.tensor.TensorMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a head in closed form, the server's side: all clients sum what the last layer sees of their examples, some of which
 * are held out; candidates are solved from the others; all clients score them, and the head as it is, on the held-out ones;
 * the best is solved again from all. If that is the head as it is, as a trained one may be, it stays.
 *
 * <p>Everything is a sum in double precision over examples, so the result is the same to the last bits of such a sum however
 * the examples are divided, and to the bit for the same division.
 */
public final class HeadSolver {

    private static final Logger LOG = LoggerFactory.getLogger(HeadSolver.class);

    private static final List<Double> ALL_SHARES = List.of(0.0, 0.25, 0.5, 0.75, 1.0);

    private static final int BYTES = 8;

    private final Server server;
    private final ClassTask task;
    private final ClosedForm form;
    private final EncoderConfig config;
    private final int classes;
    private final long seed;

    /**
     * A solver for a run.
     *
     * @param server whose clients sum and whose algorithm makes a state of tensors
     * @param task must have classes, see {@link #requireClasses}
     * @param config of the encoder
     * @param classes of the head
     * @param seed of the run
     */
    public HeadSolver(Server server, Task task, ClosedForm form, EncoderConfig config, int classes, long seed) {
        this.server = server;
        this.task = requireClasses(task);
        this.form = form;
        this.config = config;
        this.classes = classes;
        this.seed = seed;
    }

    /**
     * The task as one whose head can be solved.
     *
     * @throws InvalidInputException if it cannot
     */
    public static ClassTask requireClasses(Task task) {
        if (task instanceof ClassTask withClasses) {
            return withClasses;
        }
        throw new InvalidInputException(
                ("head.start must be fresh with task.kind %s: its head has no last layer that could be solved from sums over"
                                + " examples, with a row for each class of texts or tokens")
                        .formatted(task.name()));
    }

    /**
     * What became of it.
     *
     * @param state before the first round
     * @param changed false if the head stays as it was
     * @param updates what each client told
     * @param bytesDown what was sent to all clients besides the state, in bytes
     */
    public record Solved(ServerState state, boolean changed, List<ClientUpdate> updates, long bytesDown) {}

    /**
     * Solves the head.
     *
     * @param trainable the round-0 tensors, the head's among them
     * @param state what the server's algorithm makes of them
     * @param clients all that have examples, in ascending order
     * @throws IllegalStateException if too few clients answer
     */
    public Solved solve(TensorMap trainable, ServerState state, List<Integer> clients) {
        List<Aggregate> passes = new ArrayList<>();
        Function<HeadWork, TensorMap> all = work -> {
            Aggregate aggregate = server.perform(clients, work, state);
            passes.add(aggregate);
            leftOut(work, aggregate.updates());
            return aggregate.tensors();
        };
        boolean alike = form.needsProducts() && task.oneClassIsNearlyAll();
        double[] weights = new double[classes];
        Arrays.fill(weights, 1);
        if (alike) {
            double[] counts = Doubles.of(all.apply(new CountClasses(task, server.algorithm(), seed, classes))
                    .get(CountClasses.COUNTS));
            double mean = Arrays.stream(counts).sum() / classes;
            Arrays.setAll(weights, i -> counts[i] == 0 ? 1 : mean / counts[i]);
        }
        SumFeatures work =
                new SumFeatures(task, server.algorithm(), seed, config.hidden(), weights, form.needsProducts());
        Map<String, federa.tensor.Tensor> sums = all.apply(work).asMap();
        FeatureSums fitted = work.none().of(sums, SumFeatures.FITTED);
        FeatureSums whole = fitted.plus(work.none().of(sums, SumFeatures.HELD_OUT));
        if (count(fitted) == 0) {
            LOG.warn("head.start: too few examples to hold some out; the head stays as it is");
            return new Solved(state, false, told(passes), bytesDown(passes, 0, weights));
        }
        Candidates candidates = new Candidates(
                form.settings(),
                form.settings().stream()
                        .map(setting -> form.solve(fitted, setting))
                        .toList(),
                frequencies(whole, weights),
                task.oneClassIsNearlyAll() ? ALL_SHARES : List.of(0.0));
        Scores scores = ScoreHeads.result(all.apply(new ScoreHeads(task, server.algorithm(), seed, candidates))
                .asMap());
        long bytesDown = bytesDown(passes, candidates.bytes(), weights);
        int best = scores.count() == 0 ? 0 : scores.best();
        if (best == 0) {
            LOG.warn(
                    "head.start: on {} held-out examples no solved head is better than the one that is there; it stays",
                    (long) scores.count());
            return new Solved(state, false, told(passes), bytesDown);
        }
        int candidate = best - 1;
        LOG.info(
                "head.start: {}; on {} held-out examples a loss of {} and {} % errors, before {} and {} %",
                candidates.described(candidate),
                (long) scores.count(),
                "%.4f".formatted(scores.loss(best)),
                "%.1f".formatted(100 * scores.errors(best)),
                "%.4f".formatted(scores.loss(0)),
                "%.1f".formatted(100 * scores.errors(0)));
        LastLayer layer = candidates.adjusted(form.solve(whole, candidates.setting(candidate)), candidate);
        HeadDesign design = config.family().head(task.head());
        TensorMap head =
                design.open(config).with(layer.toTensors(design.lastLayer().orElseThrow()));
        return new Solved(server.algorithm().init(trainable.with(head)), true, told(passes), bytesDown);
    }

    private static double count(FeatureSums sums) {
        double count = 0;
        for (int i = 0; i < sums.classes(); i++) {
            count += sums.weight(i);
        }
        return count;
    }

    /** The logarithm of each class's share of all, one example added to each for those that have none. */
    private static double[] frequencies(FeatureSums sums, double[] weights) {
        double[] counts = new double[weights.length];
        Arrays.setAll(counts, i -> 1 + sums.weight(i) / weights[i]);
        double all = Arrays.stream(counts).sum();
        return Arrays.stream(counts).map(count -> Math.log(count / all)).toArray();
    }

    private static void leftOut(HeadWork work, List<ClientUpdate> updates) {
        List<ClientUpdate> failed =
                updates.stream().filter(update -> !update.ok()).toList();
        if (!failed.isEmpty()) {
            LOG.warn(
                    "head.start: left out, when asked to {} their examples: {}",
                    work.described(),
                    failed.stream()
                            .map(update -> "client %s (%s)".formatted(update.client(), update.error()))
                            .collect(Collectors.joining(", ")));
        }
    }

    private static long bytesDown(List<Aggregate> passes, long candidates, double[] weights) {
        return passes.get(0).updates().size() * (candidates + (long) BYTES * weights.length);
    }

    /** What a client told of all passes together; it has failed if it was left out of one. */
    private static List<ClientUpdate> told(List<Aggregate> passes) {
        Map<Integer, ClientUpdate> told = new TreeMap<>();
        passes.forEach(pass -> pass.updates().forEach(update -> told.merge(update.client(), update, HeadSolver::both)));
        return List.copyOf(told.values());
    }

    private static ClientUpdate both(ClientUpdate first, ClientUpdate then) {
        ClientUpdate last = first.ok() ? then : first;
        return new ClientUpdate(
                last.client(),
                last.numExamples(),
                last.steps(),
                last.lossFirst(),
                last.lossMean(),
                last.lossLast(),
                first.seconds() + then.seconds(),
                first.bytesUp() + then.bytesUp(),
                last.host(),
                last.arch(),
                last.executor(),
                last.device(),
                Math.max(first.starts(), then.starts()),
                last.error());
    }
}
