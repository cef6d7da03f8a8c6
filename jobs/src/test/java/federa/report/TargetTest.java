package federa.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TargetTest {
    /** Rounds of 10 bytes up, 5 down and 2 seconds; values[i] is the metric after round i. */
    private static RunHistory run(String metric, double... values) {
        List<Round> rounds = new ArrayList<>();
        List<Evaluation> evaluations = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                rounds.add(new Round(i, 2, 0, 8, 1, 10, 5, 2, Map.of()));
            }
            evaluations.add(new Evaluation(i, metric, values[i], 1));
            evaluations.add(new Evaluation(i, "other", 100, 1));
        }
        return new RunHistory(
                "id",
                "LoRA",
                "m",
                metric,
                1,
                2,
                rounds,
                evaluations,
                List.of(),
                ClientEvaluations.NONE,
                OptionalInt.empty(),
                Map.of());
    }

    @Test
    void costsAreThoseOfTheRoundsUpToTheFirstEvaluationThatReachesTheTarget() {
        // lowest best 0.8: targets 0.72, 0.76, 0.80; highest best 0.9
        List<Target> targets =
                Target.of(List.of(run("acc", 0.1, 0.5, 0.73, 0.9), run("acc", 0.1, 0.79, 0.4, 0.78, 0.8)));

        assertThat(targets)
                .extracting(Target::name)
                .containsExactly(
                        "90 % of the lowest best",
                        "95 % of the lowest best", "100 % of the lowest best", "the highest best");
        assertThat(targets.get(0).value()).isCloseTo(0.72, within(1e-12));
        assertThat(targets.get(0).costs()).containsExactly(new Target.Cost(0, 2, 30, 4), new Target.Cost(1, 1, 15, 2));
        assertThat(targets.get(1).costs()).containsExactly(new Target.Cost(0, 3, 45, 6), new Target.Cost(1, 1, 15, 2));
        assertThat(targets.get(2).costs()).containsExactly(new Target.Cost(0, 3, 45, 6), new Target.Cost(1, 4, 60, 8));
        assertThat(targets.get(3).costs()).containsExactly(new Target.Cost(0, 3, 45, 6), Target.Cost.notReached(1));
    }

    @Test
    void roundZeroIsReachedBeforeAnythingWasSpent() {
        assertThat(Target.of(List.of(run("acc", 0.5, 0.4))).get(2).costs())
                .containsExactly(new Target.Cost(0, 0, 0, 0));
    }

    @Test
    void aSingleRunHasNoHighestBest() {
        assertThat(Target.of(List.of(run("acc", 0.1, 0.5)))).hasSize(3);
    }

    @Test
    void valuesThatAreNotFiniteAreNoResult() {
        List<Target> targets =
                Target.of(List.of(run("acc", Double.NaN, 0.5, Double.POSITIVE_INFINITY), run("acc", Double.NaN)));

        assertThat(targets).hasSize(3);
        assertThat(targets.get(2).value()).isEqualTo(0.5);
        assertThat(targets.get(2).costs()).containsExactly(new Target.Cost(0, 1, 15, 2), Target.Cost.notReached(1));
    }

    @Test
    void runsOfDifferentMetricsAreNotCompared() {
        List<Target> targets = Target.of(List.of(run("acc", 0.5), run("f1", 0.2), run("acc", 0.4)));

        assertThat(targets).extracting(Target::metric).containsExactly("acc", "acc", "acc", "acc", "f1", "f1", "f1");
        assertThat(targets.get(0).costs()).extracting(Target.Cost::run).containsExactly(0, 2);
        assertThat(targets.get(4).costs()).extracting(Target.Cost::run).containsExactly(1);
    }

    @Test
    void noRunAndNoEvaluationMeanNoTarget() {
        assertThat(Target.of(List.of())).isEmpty();
        assertThat(Target.of(List.of(run("acc")))).isEmpty();
    }

    @Test
    void aRoundOfUnknownLengthMakesTheSecondsUnknownOnly() {
        RunHistory run = new RunHistory(
                "id",
                "LoRA",
                "m",
                "acc",
                1,
                2,
                List.of(new Round(1, 1, 0, 1, 1, 7, 8, Double.NaN, Map.of())),
                List.of(new Evaluation(1, "acc", 0.5, 1)),
                List.of(),
                ClientEvaluations.NONE,
                OptionalInt.empty(),
                Map.of());

        Target.Cost cost = Target.of(List.of(run)).get(0).costs().get(0);
        assertThat(cost.bytes()).isEqualTo(15);
        assertThat(cost.seconds()).isNaN();
    }
}
