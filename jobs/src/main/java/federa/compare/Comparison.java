package federa.compare;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Contenders compared in settings. A contender is a combination of values of the axes that are compared, such as a method; a
 * setting one of the others, such as a data set with an alpha.
 *
 * @param scenarios that simulated seconds are told for, in the order of {@link Point#seconds}
 * @param curves of each contender in each setting
 * @param standings of each contender over all settings
 * @param differences of each two contenders, in each setting and over all
 * @param flatness of each contender along an axis; empty if no axis is named
 * @param costs of each contender to common targets
 */
public record Comparison(
        String name,
        List<Scenario> scenarios,
        List<Curve> curves,
        List<Standing> standings,
        List<Difference> differences,
        List<Flatness> flatness,
        List<Cost> costs) {

    /**
     * A contender in a setting: its metric on the test split by round.
     *
     * @param seeds runs that are in it; with one there is no deviation
     * @param full whether it trains all parameters
     */
    public record Curve(
            Map<String, String> setting,
            Map<String, String> contender,
            String metric,
            boolean full,
            int seeds,
            List<Point> points) {

        /** The last round that was evaluated. */
        public Point last() {
            return points.get(points.size() - 1);
        }

        double best() {
            return points.stream()
                    .mapToDouble(Point::mean)
                    .filter(Double::isFinite)
                    .max()
                    .orElse(Double.NaN);
        }
    }

    /**
     * An evaluated round.
     *
     * @param seeds runs that were evaluated after it
     * @param deviation the sample's standard deviation; NaN of a single run
     * @param rank of the mean among the contenders that were evaluated after it in the setting, 1 for the best
     * @param bytes up and down, all rounds up to this one
     * @param seconds simulated, of the same rounds, by scenario
     */
    public record Point(
            int round, int seeds, double mean, double deviation, double rank, double bytes, List<Double> seconds) {}

    /** The mean of a contender's ranks after the last rounds, over settings. */
    public record Standing(Map<String, String> contender, double meanRank, int settings) {}

    /**
     * How much better the first is than the second after the last rounds, both with the same seed.
     *
     * @param setting empty for all settings together
     * @param pairs seeds, in all settings that count, that both have
     * @param interval for the mean over such pairs; test examples are not drawn again
     */
    public record Difference(
            Map<String, String> setting,
            Map<String, String> first,
            Map<String, String> second,
            int pairs,
            double mean,
            Interval interval) {}

    /**
     * How far a contender's metric after the last rounds changes along an axis, all else being the same.
     *
     * @param values the mean for each value of the axis that there is
     * @param range from the lowest to the highest of them
     */
    public record Flatness(
            Map<String, String> setting, Map<String, String> contender, Map<String, Double> values, double range) {}

    /**
     * What a contender's mean run needed to a target.
     *
     * @param scenario its place among {@link #scenarios}
     * @param round of the first evaluation at or above it; -1 if it never was, and the numbers after it are then NaN
     * @param seconds simulated
     * @param cutAgainstFull the share of the seconds of full fine-tuning that it saves; NaN if it is that, or there is none
     * @param cutAgainstOthers the same of the fastest other contender that does not train all parameters
     */
    public record Cost(
            Map<String, String> setting,
            String target,
            double value,
            Map<String, String> contender,
            int scenario,
            int round,
            double bytes,
            double seconds,
            double cutAgainstFull,
            double cutAgainstOthers) {}

    /**
     * Compares runs.
     *
     * @param compared the axes that make contenders
     * @param along the axis for flatness; null for none
     */
    public static Comparison of(
            String name, List<Trained> runs, List<String> compared, String along, List<Scenario> scenarios) {
        Map<Map<String, String>, Map<Map<String, String>, List<Trained>>> settings = new LinkedHashMap<>();
        for (Trained run : runs) {
            settings.computeIfAbsent(without(run.values(), compared), s -> new LinkedHashMap<>())
                    .computeIfAbsent(only(run.values(), compared), c -> new ArrayList<>())
                    .add(run);
        }
        List<Curve> curves = new ArrayList<>();
        settings.forEach((setting, contenders) -> curves.addAll(curves(setting, contenders, scenarios)));
        List<Cost> costs = new ArrayList<>();
        settings.keySet()
                .forEach(setting -> costs.addAll(costs(
                        curves.stream().filter(c -> c.setting().equals(setting)).toList(), scenarios)));
        return new Comparison(
                name, scenarios, curves, standings(curves), differences(settings), flatness(curves, along), costs);
    }

    private static List<Curve> curves(
            Map<String, String> setting, Map<Map<String, String>, List<Trained>> contenders, List<Scenario> scenarios) {
        Set<Integer> rounds = new TreeSet<>();
        contenders
                .values()
                .forEach(runs -> runs.forEach(run -> rounds.addAll(run.test().keySet())));
        Map<Map<String, String>, List<Point>> points = new LinkedHashMap<>();
        for (int round : rounds) {
            Map<Map<String, String>, List<Trained>> evaluated = new LinkedHashMap<>();
            contenders.forEach((contender, runs) -> {
                List<Trained> there = runs.stream()
                        .filter(run -> run.test().containsKey(round))
                        .toList();
                if (!there.isEmpty()) {
                    evaluated.put(contender, there);
                }
            });
            double[] ranks = Sample.ranks(evaluated.values().stream()
                    .mapToDouble(there -> mean(there, run -> run.test().get(round)))
                    .toArray());
            int place = 0;
            for (Map.Entry<Map<String, String>, List<Trained>> one : evaluated.entrySet()) {
                points.computeIfAbsent(one.getKey(), c -> new ArrayList<>())
                        .add(point(round, one.getValue(), ranks[place++], scenarios));
            }
        }
        return points.entrySet().stream()
                .map(one -> {
                    List<Trained> trained = contenders.get(one.getKey());
                    Trained any = trained.get(0);
                    return new Curve(setting, one.getKey(), any.metric(), any.full(), trained.size(), one.getValue());
                })
                .toList();
    }

    private static Point point(int round, List<Trained> runs, double rank, List<Scenario> scenarios) {
        double[] values =
                runs.stream().mapToDouble(run -> run.test().get(round)).toArray();
        return new Point(
                round,
                runs.size(),
                Sample.mean(values),
                Sample.deviation(values),
                rank,
                mean(runs, run -> run.bytes(round)),
                scenarios.stream()
                        .map(scenario -> mean(runs, run -> run.seconds(scenario, round)))
                        .toList());
    }

    private static double mean(List<Trained> runs, ToDoubleFunction<Trained> of) {
        return Sample.mean(runs.stream().mapToDouble(of).toArray());
    }

    private static List<Standing> standings(List<Curve> curves) {
        Map<Map<String, String>, List<Curve>> byContender = curves.stream()
                .collect(Collectors.groupingBy(Curve::contender, LinkedHashMap::new, Collectors.toList()));
        return byContender.entrySet().stream()
                .map(one -> new Standing(
                        one.getKey(),
                        Sample.mean(one.getValue().stream()
                                .mapToDouble(curve -> curve.last().rank())
                                .toArray()),
                        one.getValue().size()))
                .toList();
    }

    private static List<Difference> differences(
            Map<Map<String, String>, Map<Map<String, String>, List<Trained>>> settings) {
        Set<Map<String, String>> contenders = new LinkedHashSet<>();
        settings.values().forEach(there -> contenders.addAll(there.keySet()));
        List<Map<String, String>> all = List.copyOf(contenders);
        List<Difference> differences = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            for (int j = i + 1; j < all.size(); j++) {
                List<Double> everywhere = new ArrayList<>();
                for (Map.Entry<Map<String, String>, Map<Map<String, String>, List<Trained>>> setting :
                        settings.entrySet()) {
                    List<Double> here = pairs(
                            setting.getValue().getOrDefault(all.get(i), List.of()),
                            setting.getValue().getOrDefault(all.get(j), List.of()));
                    everywhere.addAll(here);
                    if (!here.isEmpty()) {
                        differences.add(difference(setting.getKey(), all.get(i), all.get(j), here));
                    }
                }
                if (settings.size() > 1 && !everywhere.isEmpty()) {
                    differences.add(difference(Map.of(), all.get(i), all.get(j), everywhere));
                }
            }
        }
        return differences;
    }

    private static List<Double> pairs(List<Trained> first, List<Trained> second) {
        Map<Long, Double> bySeed = new TreeMap<>();
        second.forEach(run -> bySeed.put(run.seed(), run.last()));
        return first.stream()
                .filter(run -> bySeed.containsKey(run.seed()))
                .map(run -> run.last() - bySeed.get(run.seed()))
                .filter(Double::isFinite)
                .toList();
    }

    private static Difference difference(
            Map<String, String> setting, Map<String, String> first, Map<String, String> second, List<Double> pairs) {
        double[] numbers = pairs.stream().mapToDouble(Double::doubleValue).toArray();
        return new Difference(setting, first, second, numbers.length, Sample.mean(numbers), Interval.ofMean(numbers));
    }

    private static List<Flatness> flatness(List<Curve> curves, String along) {
        if (along == null) {
            return List.of();
        }
        Map<List<Map<String, String>>, Map<String, Double>> values = new LinkedHashMap<>();
        curves.forEach(curve -> values.computeIfAbsent(
                        List.of(without(curve.setting(), List.of(along)), curve.contender()),
                        key -> new LinkedHashMap<>())
                .put(curve.setting().get(along), curve.last().mean()));
        return values.entrySet().stream()
                .map(one -> new Flatness(
                        one.getKey().get(0),
                        one.getKey().get(1),
                        one.getValue(),
                        Collections.max(one.getValue().values())
                                - Collections.min(one.getValue().values())))
                .toList();
    }

    private static List<Cost> costs(List<Curve> curves, List<Scenario> scenarios) {
        List<Cost> costs = new ArrayList<>();
        double[] bests = curves.stream().mapToDouble(Curve::best).toArray();
        for (CommonTarget target : CommonTarget.of(bests)) {
            Map<Curve, Optional<Point>> reached = new LinkedHashMap<>();
            curves.forEach(curve -> reached.put(curve, reached(curve, target)));
            for (int s = 0; s < scenarios.size(); s++) {
                int scenario = s;
                Map<Curve, Double> seconds = new LinkedHashMap<>();
                reached.forEach((curve, point) -> seconds.put(
                        curve, point.map(p -> p.seconds().get(scenario)).orElse(Double.NaN)));
                seconds.forEach((curve, own) -> costs.add(new Cost(
                        curve.setting(),
                        target.name(),
                        target.value(),
                        curve.contender(),
                        scenario,
                        reached.get(curve).map(Point::round).orElse(-1),
                        reached.get(curve).map(Point::bytes).orElse(Double.NaN),
                        own,
                        curve.full() ? Double.NaN : cut(own, fastest(seconds, Curve::full)),
                        curve.full()
                                ? Double.NaN
                                : cut(own, fastest(seconds, other -> !other.full() && !other.equals(curve))))));
            }
        }
        return costs;
    }

    private static Optional<Point> reached(Curve curve, CommonTarget target) {
        return curve.points().stream().filter(p -> p.mean() >= target.value()).findFirst();
    }

    private static OptionalDouble fastest(Map<Curve, Double> seconds, Predicate<Curve> among) {
        return seconds.entrySet().stream()
                .filter(one -> among.test(one.getKey()) && Double.isFinite(one.getValue()))
                .mapToDouble(Map.Entry::getValue)
                .min();
    }

    /** The share of another's seconds that are saved: negative if it takes longer. */
    private static double cut(double own, OptionalDouble other) {
        return other.isPresent() && other.getAsDouble() > 0 ? 1 - own / other.getAsDouble() : Double.NaN;
    }

    private static Map<String, String> only(Map<String, String> values, List<String> axes) {
        Map<String, String> some = new LinkedHashMap<>(values);
        some.keySet().retainAll(axes);
        return some;
    }

    private static Map<String, String> without(Map<String, String> values, List<String> axes) {
        Map<String, String> others = new LinkedHashMap<>(values);
        others.keySet().removeAll(axes);
        return others;
    }
}
