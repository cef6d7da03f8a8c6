package federa.report;

import federa.compare.CommonTarget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A value of a metric, and what each run that has this metric spent until its first evaluation at or above it.
 * The values are those of {@link CommonTarget}.
 */
public record Target(String metric, String name, double value, List<Cost> costs) {
    /**
     * What a run spent to reach a target.
     *
     * @param run index into the report's runs
     * @param round of the first evaluation at or above the target; -1 when it was never reached
     * @param bytes up and down, all rounds up to and including {@code round}
     * @param seconds of the same rounds; NaN when one of them is unknown
     */
    public record Cost(int run, int round, long bytes, double seconds) {
        public boolean reached() {
            return round >= 0;
        }

        static Cost notReached(int run) {
            return new Cost(run, -1, 0, Double.NaN);
        }
    }

    /** Targets for each metric that ranks at least one run; none for a metric that was never evaluated. */
    public static List<Target> of(List<RunHistory> runs) {
        Map<String, List<Integer>> byMetric = new LinkedHashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            byMetric.computeIfAbsent(runs.get(i).metric(), metric -> new ArrayList<>())
                    .add(i);
        }
        List<Target> targets = new ArrayList<>();
        byMetric.forEach((metric, members) -> targets.addAll(of(metric, members, runs)));
        return List.copyOf(targets);
    }

    private static List<Target> of(String metric, List<Integer> members, List<RunHistory> runs) {
        double[] bests = members.stream()
                .map(runs::get)
                .map(Target::best)
                .mapToDouble(best -> best.orElse(Double.NaN))
                .toArray();
        return CommonTarget.of(bests).stream()
                .map(target -> at(metric, target.name(), target.value(), members, runs))
                .toList();
    }

    private static Target at(String metric, String name, double value, List<Integer> members, List<RunHistory> runs) {
        return new Target(
                metric,
                name,
                value,
                members.stream().map(run -> cost(run, runs.get(run), value)).toList());
    }

    private static Cost cost(int index, RunHistory run, double value) {
        return run.evaluations().stream()
                .filter(evaluation -> evaluation.metric().equals(run.metric()) && evaluation.value() >= value)
                .min(Comparator.comparingInt(Evaluation::round))
                .map(evaluation -> costUpTo(evaluation.round(), index, run))
                .orElse(Cost.notReached(index));
    }

    private static Cost costUpTo(int last, int index, RunHistory run) {
        List<Round> spent =
                run.rounds().stream().filter(round -> round.round() <= last).toList();
        return new Cost(
                index,
                last,
                spent.stream().mapToLong(Round::bytes).sum(),
                spent.stream().mapToDouble(Round::seconds).sum());
    }

    /** The best finite value of the run's own metric. */
    static OptionalDouble best(RunHistory run) {
        return run.evaluations().stream()
                .filter(evaluation -> evaluation.metric().equals(run.metric()))
                .mapToDouble(Evaluation::value)
                .filter(Double::isFinite)
                .max();
    }
}
