package federa.federated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BestRoundTest {

    @Test
    void theBestRoundIsTheEarliestOfTheHighestValue() {
        assertThat(BestRound.of(values(0.1, 0.5, 0.4, 0.5))).contains(new BestRound(1, 0.5));
        assertThat(BestRound.of(values(Double.NaN, 0.2))).contains(new BestRound(1, 0.2));
        assertThat(BestRound.of(values(Double.NaN))).isEmpty();
        assertThat(BestRound.of(values())).isEmpty();
    }

    @Test
    void patienceEndsSoManyRoundsAfterTheBest() {
        assertThat(BestRound.isOutOfPatience(values(0.1, 0.5, 0.4), 2)).isFalse();
        assertThat(BestRound.isOutOfPatience(values(0.1, 0.5, 0.4, 0.5), 2)).isTrue();
        assertThat(BestRound.isOutOfPatience(values(0.1, 0.5, 0.4, 0.3, 0.2), 0))
                .isFalse();
        assertThat(BestRound.isOutOfPatience(values(), 1)).isFalse();
    }

    private static SortedMap<Integer, Double> values(double... byRound) {
        SortedMap<Integer, Double> values = new TreeMap<>();
        for (int round = 0; round < byRound.length; round++) {
            values.put(round, byRound[round]);
        }
        return values;
    }
}
