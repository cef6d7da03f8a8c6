package federa.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirichletTest {
    @ParameterizedTest
    @ValueSource(doubles = {1e-300, 1e-6, 1e-3, 0.1, 1, 10, 1e6, 1e300})
    void sharesSumToOneAtAnyConcentration(double concentration) {
        Dirichlet dirichlet = new Dirichlet(Dirichlet.symmetric(20, concentration), new Well19937c(1));
        for (int draw = 0; draw < 100; draw++) {
            double[] shares = dirichlet.sample();
            assertThat(Arrays.stream(shares)).allMatch(share -> share >= 0 && share <= 1);
            assertThat(Arrays.stream(shares).sum()).isCloseTo(1, within(1e-12));
        }
    }

    /** Mean a_i / a_0, variance a_i (a_0 - a_i) / (a_0^2 (a_0 + 1)); concentrations on both sides of 1. */
    @Test
    void momentsAreThoseOfTheDistribution() {
        double[] concentrations = {0.2, 0.8, 3};
        int draws = 100_000;
        Dirichlet dirichlet = new Dirichlet(concentrations, new Well19937c(7));
        double[] sum = new double[3];
        double[] squares = new double[3];
        for (int draw = 0; draw < draws; draw++) {
            double[] shares = dirichlet.sample();
            for (int i = 0; i < 3; i++) {
                sum[i] += shares[i];
                squares[i] += shares[i] * shares[i];
            }
        }
        for (int i = 0; i < 3; i++) {
            double mean = concentrations[i] / 4;
            double variance = concentrations[i] * (4 - concentrations[i]) / (16 * 5);
            assertThat(sum[i] / draws).isCloseTo(mean, within(0.004));
            assertThat(squares[i] / draws - Math.pow(sum[i] / draws, 2)).isCloseTo(variance, within(0.002));
        }
    }

    @Test
    void tinyConcentrationsChooseEachLabelAsOftenAsItsPrior() {
        Dirichlet dirichlet = new Dirichlet(new double[] {1e-6, 3e-6}, new Well19937c(3));
        int first = 0;
        for (int draw = 0; draw < 10_000; draw++) {
            first += dirichlet.sample()[0] > 0.5 ? 1 : 0;
        }
        assertThat(first).isBetween(2370, 2630);
    }

    @Test
    void partsOfASplitSumToTheWhole() {
        Dirichlet dirichlet = new Dirichlet(Dirichlet.symmetric(13, 0.3), new Well19937c(5));
        for (long count : new long[] {0, 1, 12, 1000, 10_000_000_000L}) {
            long[] parts = dirichlet.split(count);
            assertThat(Arrays.stream(parts)).allMatch(part -> part >= 0);
            assertThat(Arrays.stream(parts).sum()).isEqualTo(count);
        }
    }

    /** A change here changes every published partition. */
    @Test
    void drawsOfASeedStayWhatTheyAre() {
        double[] shares = new Dirichlet(Dirichlet.symmetric(3, 0.5), new Well19937c(42)).sample();
        assertThat(shares).containsExactly(0.0506243040737109, 0.5182782584950834, 0.43109743743120577);
    }
}
