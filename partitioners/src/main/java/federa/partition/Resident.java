package federa.partition;

import static federa.partition.Require.requireClients;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Clients whose examples lie on the workers' own disks and never leave them.
 *
 * @param clients how many there are in all, on all workers together
 */
public record Resident(int clients) implements Division {
    public Resident {
        requireClients(clients);
    }

    @Override
    public Optional<Partitioner> partitioner() {
        return Optional.empty();
    }

    @Override
    public OptionalInt clientsAsked() {
        return OptionalInt.of(clients);
    }
}
