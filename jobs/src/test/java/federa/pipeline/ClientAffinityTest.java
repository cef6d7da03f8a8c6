package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientAffinityTest {

    private final ClientAffinity affinity = new ClientAffinity();

    @Test
    void aNewClientPrefersNoExecutor() {
        assertThat(affinity.preferred(List.of(1, 2), 1)).isEmpty();
    }

    @Test
    void aClientPrefersTheExecutorThatTrainedItLast() {
        affinity.trained(1, "a");
        affinity.trained(2, "a");
        affinity.trained(1, "b");

        assertThat(affinity.preferred(List.of(1, 2, 3), 2)).isEqualTo(Map.of(1, "b", 2, "a"));
    }

    @Test
    void noExecutorIsPreferredByMoreThanItsShareOfARound() {
        for (int client = 0; client < 6; client++) {
            affinity.trained(client, "a");
        }

        assertThat(affinity.preferred(List.of(0, 1, 2, 3, 4), 2)).isEqualTo(Map.of(0, "a", 1, "a", 2, "a"));
        assertThat(affinity.preferred(List.of(4, 5), 2)).isEqualTo(Map.of(4, "a"));
    }
}
