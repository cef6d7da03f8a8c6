package federa.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HomesTest {

    private final Homes homes = new Homes();

    @Test
    void aNewClientHasNoHome() {
        assertThat(homes.of(List.of(1, 2), 1)).isEmpty();
    }

    @Test
    void aClientsHomeIsWhereItWasTrainedLast() {
        homes.trained(1, "a");
        homes.trained(2, "a");
        homes.trained(1, "b");

        assertThat(homes.of(List.of(1, 2, 3), 2)).isEqualTo(Map.of(1, "b", 2, "a"));
    }

    @Test
    void noExecutorIsHomeToMoreThanItsShareOfARound() {
        for (int client = 0; client < 6; client++) {
            homes.trained(client, "a");
        }

        assertThat(homes.of(List.of(0, 1, 2, 3, 4), 2)).isEqualTo(Map.of(0, "a", 1, "a", 2, "a"));
        assertThat(homes.of(List.of(4, 5), 2)).isEqualTo(Map.of(4, "a"));
    }
}
