package federa.federated;

import federa.random.Seeds;
import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Which clients train in a round: a uniform draw without replacement, a pure function of (seed, round). */
public final class ClientSampler {

    private final List<Integer> clients;
    private final int perRound;
    private final long seed;

    /**
     * Samples from the clients that have examples.
     *
     * @throws InvalidInputException if there are fewer clients than a round needs
     */
    public ClientSampler(List<Integer> clients, int perRound, long seed) {
        if (perRound < 1 || perRound > clients.size()) {
            throw new InvalidInputException(
                    "federation.clients-per-round must be 1 to %d, the number of clients with examples, got %d"
                            .formatted(clients.size(), perRound));
        }
        this.clients = clients.stream().sorted().toList();
        this.perRound = perRound;
        this.seed = seed;
    }

    /** The clients of a round, in ascending order. */
    public List<Integer> round(int round) {
        List<Integer> shuffled = new ArrayList<>(clients);
        Collections.shuffle(shuffled, new Random(Seeds.of(seed, round)));
        return shuffled.subList(0, perRound).stream().sorted().toList();
    }
}
