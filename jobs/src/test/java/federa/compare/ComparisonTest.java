package federa.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.groups.Tuple.tuple;

import federa.compare.Comparison.Cost;
import federa.compare.Comparison.Curve;
import federa.compare.Comparison.Difference;
import federa.compare.Comparison.Flatness;
import federa.compare.Comparison.Point;
import federa.compare.Trained.ClientCost;
import federa.compare.Trained.RoundCost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    /** 8 Mbit/s are a megabyte a second; a device that is twice as slow. */
    private static final Scenario SLOW = new Scenario("board", "line", 2, 8e6, 0.05);

    /** Each round has a client of so many seconds and megabytes; values[i] is the metric after round i. */
    private static Trained run(
            String alpha, String method, long seed, double seconds, double megabytes, double... values) {
        TreeMap<Integer, Double> test = new TreeMap<>();
        List<RoundCost> rounds = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            test.put(i, values[i]);
            rounds.add(new RoundCost(
                    i,
                    i == 0 ? 0 : (long) (megabytes * 1e6),
                    i == 0 ? List.of() : List.of(new ClientCost(seconds, megabytes * 1e6))));
        }
        Map<String, String> cell = new LinkedHashMap<>();
        cell.put("alpha", alpha);
        cell.put("method", method);
        return new Trained(cell, seed, method.equals("full"), "accuracy", test, rounds);
    }

    private static Comparison compare(Trained... runs) {
        return Comparison.of("c", List.of(runs), List.of("method"), "alpha", List.of(SLOW));
    }

    private static Point last(Comparison comparison, String alpha, String method) {
        return comparison.curves().stream()
                .filter(c -> c.setting().get("alpha").equals(alpha)
                        && c.contender().get("method").equals(method))
                .map(Curve::last)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aPointHasTheMeanTheDeviationAndTheRankOfItsSeeds() {
        Comparison comparison = compare(
                run("1", "federa", 1, 1, 1, 0.1, 0.5),
                run("1", "federa", 2, 1, 3, 0.1, 0.7),
                run("1", "lora", 1, 1, 1, 0.1, 0.5),
                run("1", "full", 1, 1, 1, 0.2, 0.5));

        Point federa = last(comparison, "1", "federa");
        assertThat(federa.mean()).isCloseTo(0.6, within(1e-12));
        assertThat(federa.deviation()).isCloseTo(Math.sqrt(0.02), within(1e-12)); // (0.1² + 0.1²) / 1
        assertThat(federa.rank()).isEqualTo(1);
        assertThat(federa.bytes()).isEqualTo(2e6);
        assertThat(last(comparison, "1", "lora").rank()).isEqualTo(2.5);
        assertThat(last(comparison, "1", "full").rank()).isEqualTo(2.5);
        assertThat(last(comparison, "1", "lora").deviation()).isNaN();
        assertThat(comparison.curves().get(0).points().get(0).rank()).isEqualTo(2.5); // 0.1, 0.1, 0.2 at the start
    }

    @Test
    void standingsAreMeansOfRanksOverSettings() {
        Comparison comparison = compare(
                run("1", "federa", 1, 1, 1, 0.6),
                run("1", "lora", 1, 1, 1, 0.5),
                run("10", "federa", 1, 1, 1, 0.6),
                run("10", "lora", 1, 1, 1, 0.6));

        assertThat(comparison.standings())
                .containsExactly(
                        new Comparison.Standing(Map.of("method", "federa"), 1.25, 2),
                        new Comparison.Standing(Map.of("method", "lora"), 1.75, 2));
    }

    @Test
    void differencesPairTheRunsOfASeed() {
        Comparison comparison = compare(
                run("1", "federa", 1, 1, 1, 0.75),
                run("1", "federa", 2, 1, 1, 0.5),
                run("1", "lora", 2, 1, 1, 0.5),
                run("1", "lora", 1, 1, 1, 0.25),
                run("1", "lora", 3, 1, 1, 0.9),
                run("10", "federa", 1, 1, 1, 1.0),
                run("10", "lora", 1, 1, 1, 0.75));

        assertThat(comparison.differences())
                .extracting(Difference::setting, Difference::pairs, Difference::mean)
                .containsExactly(
                        tuple(Map.of("alpha", "1"), 2, 0.25),
                        tuple(Map.of("alpha", "10"), 1, 0.25),
                        tuple(Map.of(), 3, 0.25));
        assertThat(comparison.differences().get(0).interval()).isEqualTo(new Interval(0, 0.5));
        assertThat(comparison.differences().get(1).interval().low()).isNaN();
    }

    @Test
    void theIntervalHoldsTheMiddleOfTheMeansOfAllDraws() {
        // Of two numbers a quarter of the draws are both the first and a quarter both the second.
        assertThat(Interval.ofMean(new double[] {0, 1})).isEqualTo(new Interval(0, 1));
        // Eight draws of eight: that none is the one 8 has the probability (7/8)^8 = 0.34, that four or more are it
        // 0.011,
        // that three or more are 0.067: the interval of the mean is 0 to 3.
        assertThat(Interval.ofMean(new double[] {8, 0, 0, 0, 0, 0, 0, 0})).isEqualTo(new Interval(0, 3));
        assertThat(Interval.ofMean(new double[] {0.5, 0.5, 0.5})).isEqualTo(new Interval(0.5, 0.5));
        assertThat(Interval.ofMean(new double[] {1}).high()).isNaN();
    }

    @Test
    void flatnessIsTheRangeAlongTheAxis() {
        Comparison comparison = compare(
                run("0.1", "federa", 1, 1, 1, 0.5),
                run("1", "federa", 1, 1, 1, 0.75),
                run("10", "federa", 1, 1, 1, 0.625));

        assertThat(comparison.flatness())
                .containsExactly(new Flatness(
                        Map.of(), Map.of("method", "federa"), Map.of("0.1", 0.5, "1", 0.75, "10", 0.625), 0.25));
    }

    @Test
    void simulatedSecondsOfARoundAreThoseOfTheClientThatIsLast() {
        // Twice 3 s, a megabyte in 1 s, two latencies of 0.05 s; the other one computes less but sends more.
        RoundCost round = new RoundCost(1, 6_000_000, List.of(new ClientCost(3, 1e6), new ClientCost(1, 5e6)));

        assertThat(SLOW.seconds(round)).isCloseTo(7.1, within(1e-12));
        assertThat(SLOW.seconds(new RoundCost(0, 0, List.of()))).isZero();
    }

    @Test
    void cutsAreSharesOfTheSecondsOfFullFineTuningAndOfTheFastestOther() {
        // A round takes 2 s + 1 s + 0.1 s with federa and lora, 2 s + 57.9 s + 0.1 s = 60 s with full fine-tuning.
        Comparison comparison = compare(
                run("1", "federa", 1, 1, 1, 0.1, 0.8, 0.8, 0.8),
                run("1", "lora", 1, 1, 1, 0.1, 0.2, 0.8, 0.8),
                run("1", "bitfit", 1, 1, 1, 0.1, 0.2, 0.3, 0.8),
                run("1", "full", 1, 1, 57.9, 0.1, 0.9, 0.9, 0.9));

        List<Cost> costs = comparison.costs().stream()
                .filter(cost -> cost.target().equals("100 % of the lowest best"))
                .toList();
        assertThat(costs).extracting(Cost::round).containsExactly(1, 2, 3, 1);
        assertThat(costs.get(0).value()).isEqualTo(0.8);
        assertThat(costs.get(0).seconds()).isCloseTo(3.1, within(1e-9));
        assertThat(costs.get(0).cutAgainstFull()).isCloseTo(1 - 3.1 / 60, within(1e-9));
        assertThat(costs.get(0).cutAgainstOthers()).isCloseTo(0.5, within(1e-9));
        assertThat(costs.get(1).cutAgainstOthers()).isCloseTo(-1, within(1e-9));
        assertThat(costs.get(3).cutAgainstFull()).isNaN();
        Cost highest = comparison.costs().get(comparison.costs().size() - 4);
        assertThat(highest.target()).isEqualTo("the highest best");
        assertThat(highest.round()).isEqualTo(-1);
        assertThat(highest.seconds()).isNaN();
    }

    @Test
    void aDeviceIsAsMuchSlowerAsItComputesLess() {
        Profiles profiles = new Profiles(
                "here",
                Map.of("here", new Profiles.Device(100, "measured", false)),
                Map.of("line", new Profiles.Link(10, 20, "assumed", true)));
        Profiles.Device board = new Profiles.Device(25, "assumed", true);
        Map<String, Profiles.Device> both = Map.of("here", profiles.devices().get("here"), "board", board);

        assertThat(new Profiles("here", both, profiles.links()).scenarios())
                .containsExactlyInAnyOrder(
                        new Scenario("here", "line", 1, 1e7, 0.02), new Scenario("board", "line", 4, 1e7, 0.02));
    }
}
