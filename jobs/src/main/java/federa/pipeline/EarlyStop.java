package federa.pipeline;

import federa.config.Experiment;
import federa.federated.BestRound;
import federa.store.Round.Evaluation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/**
 * Ends a run when no round was better on the validation examples for {@code federation.patience} rounds. It goes by what was
 * committed alone, so a run that was killed ends where it would have ended. Rounds are added by the thread that commits them.
 */
final class EarlyStop {

    private final String metric;
    private final int patience;
    private final SortedMap<Integer, Double> byRound;

    private EarlyStop(String metric, int patience, SortedMap<Integer, Double> byRound) {
        this.metric = metric;
        this.patience = patience;
        this.byRound = byRound;
    }

    /** After the rounds that were committed before. */
    static EarlyStop of(Experiment experiment, Map<Integer, List<Evaluation>> committed) {
        String metric = experiment.task().metric();
        return new EarlyStop(metric, experiment.federation().patience(), BestRounds.validation(committed, metric));
    }

    /** After a further round. */
    synchronized void add(int round, List<Evaluation> evaluations) {
        byRound.putAll(BestRounds.validation(Map.of(round, evaluations), metric));
    }

    /** True if no further round is to be trained. */
    synchronized boolean reached() {
        return BestRound.isOutOfPatience(byRound, patience);
    }

    @Override
    public synchronized String toString() {
        BestRound best = BestRound.of(byRound).orElseThrow();
        return String.format(
                Locale.ROOT,
                "round %d is the best on the validation examples (%s %.4f), and the %d rounds after it were not better (federation.patience)",
                best.round(),
                metric,
                best.value(),
                byRound.lastKey() - best.round());
    }
}
