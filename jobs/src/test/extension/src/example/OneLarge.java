package example;

import federa.partition.Partitioner;
import federa.partition.Plan;
import federa.spi.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * One client has a part of all examples, and the others share the rest evenly.
 *
 * @param clients how many clients there are, at least 2
 * @param size of the large client's part, or of the mean client's: {@code half} or {@code even}
 */
public record OneLarge(int clients, Size size) implements Partitioner {

    /** How much the first client has. */
    public enum Size {
        HALF,
        EVEN
    }

    public OneLarge {
        if (clients < 2) {
            throw new InvalidInputException("partition.clients must be at least 2, got " + clients);
        }
    }

    @Override
    public OptionalInt clientsAsked() {
        return OptionalInt.of(clients);
    }

    @Override
    public Optional<String> groupColumn() {
        return Optional.empty();
    }

    @Override
    public Plan plan(SortedMap<String, Long> groupCounts, long seed) {
        long all = groupCounts.get(POOL);
        long first = size == Size.HALF ? all / 2 : all / clients;
        long[] sizes = new long[clients];
        Arrays.fill(sizes, (all - first) / (clients - 1));
        sizes[0] = all - sizes[1] * (clients - 1);
        return Plan.of(List.of(POOL), new long[][] {sizes});
    }
}
