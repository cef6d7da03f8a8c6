package federa.pipeline;

import federa.config.GridFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains the runs of a grid, so many of them side by side in one Spark application. A run that is finished is not trained
 * again, one that was begun goes on, and one that fails leaves the others alone.
 */
public final class SideBySide {

    private static final Logger LOG = LoggerFactory.getLogger(SideBySide.class);

    private final Workspace workspace;
    private final int parallel;
    private final Set<String> finished;
    private final TimeLeft timeLeft;

    /**
     * For the runs of a grid.
     *
     * @param parallel how many are trained at once
     * @param all that will be trained, for the time that is left
     */
    public SideBySide(Workspace workspace, int parallel, List<GridFile.Cell> all) {
        this.workspace = workspace;
        this.parallel = parallel;
        finished = RunStatus.all(workspace).stream()
                .filter(run -> run.state() == RunStatus.State.FINISHED)
                .map(RunStatus::runId)
                .collect(Collectors.toSet());
        timeLeft = new TimeLeft(all.stream()
                .filter(run -> !finished.contains(run.runId()))
                .mapToDouble(SideBySide::work)
                .sum());
    }

    /** Clients' rounds, which is what runs mostly differ in. */
    private static double work(GridFile.Cell run) {
        return (double) run.experiment().federation().rounds()
                * run.experiment().federation().clientsPerRound();
    }

    /**
     * Trains some of the runs to their last rounds.
     *
     * @param kind what to call one of them in the log
     * @return why runs failed, in one line each, by run id
     */
    public Map<String, String> train(String kind, List<GridFile.Cell> runs) {
        Map<String, String> failures = Collections.synchronizedMap(new TreeMap<>());
        ExecutorService threads = Executors.newFixedThreadPool(parallel, work -> new Thread(work, kind));
        try {
            List<Future<?>> trained = new ArrayList<>();
            for (GridFile.Cell run : runs) {
                trained.add(threads.submit(() -> {
                    String outcome = train(run, failures);
                    if (!finished.contains(run.runId())) {
                        LOG.info("{} {}: {}; {}", kind, run.runId(), outcome, timeLeft.after(work(run)));
                    }
                }));
            }
            for (Future<?> run : trained) {
                run.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a run ended as no run should: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the comparison was interrupted; start it again to go on", e);
        } finally {
            threads.shutdownNow();
        }
        return Map.copyOf(failures);
    }

    private String train(GridFile.Cell run, Map<String, String> failures) {
        try {
            divide(run);
            new Training(workspace).train(run.experiment(), run.runId());
            return told(Results.of(workspace, run.runId()));
        } catch (Exception e) { // Scala declares nothing, and its exceptions may be checked ones
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
            LOG.debug("run {} failed", run.runId(), e);
            failures.put(run.runId(), why);
            return "failed: " + why;
        }
    }

    /** A run that never looks at the test split has a value on the validation examples. */
    private static String told(Results run) {
        int last = run.last().number();
        double value = Double.isNaN(run.value()) ? run.validation(last).orElse(Double.NaN) : run.value();
        return String.format(
                Locale.ROOT, "%s %.4f after %d rounds in %.0f s", run.metric(), value, last, run.seconds());
    }

    /** Runs of one setting begin together and have the same partition: the first makes it, the others find it. */
    private synchronized void divide(GridFile.Cell run) {
        new Partitions(workspace)
                .divide(
                        run.experiment(),
                        new Datasets(workspace).open(run.experiment().data().name()));
    }
}
