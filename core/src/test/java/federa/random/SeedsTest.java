package federa.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedsTest {

    /** Computed by a SplitMix64 of our own in Python: a change would break the resumption of stored runs. */
    @Test
    void seedsAreThoseOfStoredRuns() {
        assertThat(Seeds.of(42, 1)).isEqualTo(-409945945691060918L);
        assertThat(Seeds.of(42, 1, 7)).isEqualTo(-3065441783940111817L);
        assertThat(Seeds.of(42, 2, 7)).isEqualTo(3772042028216803658L);
        assertThat(Seeds.of(-1, 100, 99)).isEqualTo(806865859555980208L);
        assertThat(Seeds.of(42, "classifier.dense.weight")).isEqualTo(4171778318736568792L);
        assertThat(Seeds.of(42, "")).isEqualTo(-4767286540954276203L);
    }

    @Test
    void runsRoundsAndClientsHaveSeedsOfTheirOwn() {
        Set<Long> seeds = new HashSet<>();
        int count = 0;
        for (long run = 0; run < 5; run++) {
            for (int round = 0; round < 100; round++) {
                seeds.add(Seeds.of(run, round));
                count++;
                for (int client = 0; client < 100; client++) {
                    seeds.add(Seeds.of(run, round, client));
                    count++;
                }
            }
        }
        assertThat(seeds).hasSize(count);
    }

    @Test
    void neighbouringSeedsShareNoPattern() {
        int[] ones = new int[Long.SIZE];
        int rounds = 4000;
        for (int round = 0; round < rounds; round++) {
            long change = Seeds.of(1, round, 3) ^ Seeds.of(1, round + 1, 3);
            for (int bit = 0; bit < Long.SIZE; bit++) {
                ones[bit] += (int) (change >>> bit & 1);
            }
        }
        for (int bit = 0; bit < Long.SIZE; bit++) {
            assertThat(ones[bit]).as("changes of bit %d", bit).isBetween(rounds * 45 / 100, rounds * 55 / 100);
        }
    }

    @Test
    void namesHaveSeedsOfTheirOwn() {
        Set<Long> seeds = new HashSet<>();
        for (int layer = 0; layer < 24; layer++) {
            for (String part : new String[] {"query", "key", "value"}) {
                seeds.add(Seeds.of(7, "roberta.encoder.layer." + layer + ".attention.self." + part));
            }
        }
        assertThat(seeds).hasSize(72);
    }
}
