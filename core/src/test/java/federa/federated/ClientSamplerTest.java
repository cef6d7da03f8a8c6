package federa.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClientSamplerTest {

    private static final List<Integer> CLIENTS =
            IntStream.range(0, 100).filter(i -> i % 10 != 9).boxed().toList(); // 90 clients, ids with gaps

    @Test
    void aRoundHasSoManyDifferentClientsThatExist() {
        ClientSampler sampler = new ClientSampler(CLIENTS, 10, 1);
        for (int round = 1; round <= 50; round++) {
            List<Integer> clients = sampler.round(round);
            assertThat(clients).hasSize(10).doesNotHaveDuplicates().isSorted().isSubsetOf(CLIENTS);
        }
    }

    @Test
    void theDrawIsAFunctionOfSeedAndRound() {
        List<Integer> shuffled = new ArrayList<>(CLIENTS);
        Collections.shuffle(shuffled, new Random(9));
        ClientSampler late = new ClientSampler(shuffled, 10, 1);
        ClientSampler early = new ClientSampler(CLIENTS, 10, 1);
        early.round(1);
        assertThat(late.round(7)).isEqualTo(early.round(7)); // whatever the order given, whatever was drawn before
        assertThat(early.round(8)).isNotEqualTo(early.round(7));
        assertThat(new ClientSampler(CLIENTS, 10, 2).round(7)).isNotEqualTo(early.round(7));
    }

    @Test
    void everyClientIsDrawnAboutEquallyOften() {
        int rounds = 9000;
        int[] drawn = new int[100];
        ClientSampler sampler = new ClientSampler(CLIENTS, 10, 5);
        for (int round = 0; round < rounds; round++) {
            sampler.round(round).forEach(client -> drawn[client]++);
        }
        // 1000 expected each, standard deviation 30: five of them either way
        assertThat(CLIENTS).allSatisfy(client -> assertThat(drawn[client]).isBetween(850, 1150));
    }

    @Test
    void allClientsTogetherArePossible() {
        assertThat(new ClientSampler(List.of(4, 2), 2, 1).round(3)).containsExactly(2, 4);
    }

    @Test
    void moreClientsThanThereAreIsAnErrorThatSaysHowManyThereAre() {
        for (int perRound : new int[] {0, -1, 4}) {
            assertThatThrownBy(() -> new ClientSampler(List.of(1, 2, 3), perRound, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("federation.clients-per-round must be 1 to 3, the number of clients with examples, got "
                            + perRound);
        }
    }
}
