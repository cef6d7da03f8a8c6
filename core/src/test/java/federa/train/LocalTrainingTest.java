package federa.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LocalTrainingTest {

    private static final OptimizerConfig SGD = new OptimizerConfig.Sgd(0, 0);

    @Test
    void theRateRisesThenFallsToZeroAsWorkedByHand() {
        assertThat(rates(0.2, 10))
                .containsExactly(
                        new double[] {1 / 3.0, 2 / 3.0, 1, 7 / 8.0, 6 / 8.0, 5 / 8.0, 4 / 8.0, 3 / 8.0, 2 / 8.0, 1 / 8.0
                        },
                        within(1e-12));
        assertThat(rates(0, 4)).containsExactly(new double[] {1, 0.75, 0.5, 0.25}, within(1e-12));
        assertThat(rates(1, 3)).containsExactly(new double[] {0.25, 0.5, 0.75}, within(1e-12));
    }

    @Test
    void theRateIsInProportionToTheHighest() {
        LocalTraining training = new LocalTraining(1, 8, 3e-4, 0.2, 0, false, SGD);
        assertThat(training.schedule(1, 1).at(3e-4, 2, 10)).isEqualTo(3e-4);
        assertThat(training.schedule(1, 1).at(3e-4, 9, 10)).isCloseTo(3e-4 / 8, within(1e-15));
    }

    /** Hugging Face's schedule: step / warm while warming, (steps - step) / (steps - warm) then. */
    @Test
    void fromTheHighestRateOnTheScheduleIsTheReferences() {
        for (double warmUp : new double[] {0, 0.06, 0.1, 0.5}) {
            for (int steps = 1; steps <= 60; steps++) {
                double[] rates = rates(warmUp, steps);
                int warm = (int) Math.ceil(warmUp * steps);
                for (int step = 0; step < steps; step++) {
                    if (step < warm) {
                        assertThat(rates[step]).isBetween((double) step / warm, (step + 1.0) / warm);
                    } else {
                        double expected = (double) (steps - step) / Math.max(1, steps - warm);
                        assertThat(rates[step]).isCloseTo(expected, within(1e-12));
                    }
                }
            }
        }
    }

    /** Where the reference differs: its first step, and so the only step of a client with few examples, has rate 0. */
    @Test
    void everyStepLearnsHoweverFewThereAre() {
        for (double warmUp : new double[] {0, 0.1, 0.5, 1}) {
            for (int steps = 1; steps <= 20; steps++) {
                for (double rate : rates(warmUp, steps)) {
                    assertThat(rate).isPositive().isLessThanOrEqualTo(1);
                }
            }
        }
        assertThat(rates(0.1, 1)).containsExactly(0.5);
        assertThat(rates(0, 1)).containsExactly(1);
    }

    @Test
    void settingsOutOfRangeAreNamedWithTheirKey() {
        assertRefused("training.epochs must be at least 1, got 0", () -> new LocalTraining(0, 1, 1, 0, 0, false, SGD));
        assertRefused(
                "training.batch-size must be at least 1, got 0", () -> new LocalTraining(1, 0, 1, 0, 0, false, SGD));
        for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused(
                    "training.learning-rate must be above 0, got " + rate,
                    () -> new LocalTraining(1, 1, rate, 0, 0, false, SGD));
        }
        assertRefused(
                "training.warm-up is a share of the steps, 0 to 1, got 1.5",
                () -> new LocalTraining(1, 1, 1, 1.5, 0, false, SGD));
        assertRefused(
                "training.clip-norm must be 0 (off) or more, got NaN",
                () -> new LocalTraining(1, 1, 1, 0, Double.NaN, false, SGD));
        assertRefused("federation.client.mu must be 0 (off) or more, got -0.1", () -> new FedProx(-0.1));
        assertRefused("training.optimizer.momentum must be in [0, 1), got 1.0", () -> new OptimizerConfig.Sgd(1, 0));
        assertRefused(
                "training.optimizer.beta2 must be in [0, 1), got 1.0",
                () -> new OptimizerConfig.AdamW(0.9, 1, 1e-8, 0));
        assertRefused("training.optimizer.eps must be above 0, got 0.0", () -> new OptimizerConfig.AdamW(0, 0, 0, 0));
        assertRefused(
                "training.optimizer.weight-decay must be 0 or more, got -1.0",
                () -> new OptimizerConfig.AdamW(0.9, 0.999, 1e-8, -1));
    }

    private static void assertRefused(String message, ThrowingCallable settings) {
        assertThatThrownBy(settings)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static double[] rates(double warmUp, int steps) {
        LocalTraining training = new LocalTraining(1, 8, 1, warmUp, 0, false, SGD);
        return IntStream.range(0, steps)
                .mapToDouble(step -> training.schedule(1, 1).at(1, step, steps))
                .toArray();
    }
}
