package federa.partition;

import static federa.partition.Require.requireClients;
import static federa.partition.Require.requireConcentration;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.apache.commons.math3.random.Well19937c;

/**
 * Clients of unequal size over one shuffled pool, so that labels are IID: sizes drawn from Dir(beta x 1).
 *
 * <p>Each client has one example for a start and the rest is cut by the shares. FedNLP draws again until no client is
 * empty, which at a small beta never ends; where it does end the sizes differ by about one example.
 *
 * @param clients how many clients share the examples
 * @param beta small for few large clients, large for equal sizes
 * @see <a href="https://arxiv.org/abs/2104.08815">FedNLP; data/advanced_partition/niid_quantity.py</a>
 */
public record QuantitySkew(int clients, double beta) implements Partitioner {
    public QuantitySkew {
        requireClients(clients);
        requireConcentration("partition.beta", beta);
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
        GroupCounts pool = GroupCounts.pooled(groupCounts, clients);
        Dirichlet shares = new Dirichlet(Dirichlet.symmetric(clients, beta), new Well19937c(seed));
        long[] sizes = shares.split(pool.total() - clients);
        Arrays.setAll(sizes, client -> sizes[client] + 1);
        return Plan.of(pool.names(), new long[][] {sizes});
    }
}
