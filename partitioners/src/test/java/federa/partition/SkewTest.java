package federa.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SkewTest {
    private static final double EXACT = 1e-12;

    @Test
    void equalDistributionsHaveDistanceZero() {
        Skew skew = Skew.of(Map.of("a", 1L, "b", 3L), Map.of("a", 10L, "b", 30L));
        assertThat(skew.jsDistance()).isCloseTo(0, within(1e-7));
        assertThat(skew.labels()).isEqualTo(2);
    }

    @Test
    void disjointDistributionsHaveDistanceOne() {
        assertThat(Skew.of(Map.of("a", 5L), Map.of("b", 2L, "c", 7L)).jsDistance())
                .isCloseTo(1, within(EXACT));
    }

    @Test
    void oneLabelOfTwoWorkedByHand() {
        // p = (1, 0), q = (1/2, 1/2), mean (3/4, 1/4):
        // (log2(4/3) + (log2(2/3) + log2(2)) / 2) / 2 = 3/2 - (3/4) log2(3) = 0.311278...
        Skew skew = Skew.of(Map.of("a", 4L, "b", 0L), Map.of("a", 50L, "b", 50L));
        double log2Of3 = Math.log(3) / Math.log(2);
        assertThat(skew.jsDistance()).isCloseTo(Math.sqrt(1.5 - 0.75 * log2Of3), within(EXACT));
        assertThat(skew.labels()).isEqualTo(1);
    }

    @Test
    void isSymmetric() {
        Map<String, Long> one = Map.of("a", 1L, "b", 2L, "c", 5L);
        Map<String, Long> other = Map.of("b", 2L, "c", 1L, "d", 9L);
        assertThat(Skew.of(one, other).jsDistance())
                .isCloseTo(Skew.of(other, one).jsDistance(), within(EXACT));
    }

    @Test
    void anEmptyClientHasNoDistance() {
        assertThatThrownBy(() -> Skew.of(Map.of(), Map.of("a", 1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without examples");
    }
}
