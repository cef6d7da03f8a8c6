package federa.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeldOutTest {

    private static final List<String> TEXTS =
            IntStream.range(0, 10_000).mapToObj(i -> "text " + i).toList();

    @Test
    void theShareOfManyTextsIsTheOneAskedFor() {
        for (double share : new double[] {0.01, 0.1, 0.5}) {
            assertThat(held(new HeldOut(share, 3)).size() / 10_000.0).isCloseTo(share, within(0.015));
        }
        assertThat(held(new HeldOut(0, 3))).isEmpty();
    }

    @Test
    void aLargerShareHoldsOutTheSameTextsAndMore() {
        assertThat(held(new HeldOut(0.3, 3))).containsAll(held(new HeldOut(0.1, 3)));
    }

    @Test
    void anotherSeedHoldsOutOthers() {
        List<String> one = held(new HeldOut(0.1, 3));
        List<String> other = held(new HeldOut(0.1, 4));

        assertThat(other.stream().filter(one::contains).count() / (double) other.size())
                .isCloseTo(0.1, within(0.05));
    }

    private static List<String> held(HeldOut heldOut) {
        return TEXTS.stream().filter(heldOut::has).toList();
    }
}
