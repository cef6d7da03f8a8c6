package federa.partition;

import static federa.partition.Require.require;
import static federa.partition.Require.requireClients;
import static federa.partition.Require.requireConcentration;

import federa.spi.InvalidInputException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.apache.commons.math3.random.Well19937c;

/**
 * Label and size skew at once: the examples of each label are cut among the clients by shares drawn from Dir(alpha x 1).
 *
 * <p>The whole partition is drawn again until the smallest client has minExamples. With minExamples 0 the first draw
 * counts and some clients may own nothing; the plan keeps them with zero counts.
 *
 * <p>Written down first by Yurochkin et al. and used by most benchmarks that cite Hsu et al. (arXiv 1909.06335) for it.
 * Without the rule of some implementations that a client above the average size takes no further label.
 *
 * @param clients how many clients share the examples
 * @param alpha small for few large owners of each label, large for equal shares
 * @param minExamples the least examples that a client must have; 0 for no such demand
 * @see <a href="https://arxiv.org/abs/1905.12022">Yurochkin et al.</a>
 */
public record ClassDirichlet(int clients, double alpha, int minExamples) implements Partitioner {
    private static final int MAX_DRAWS = 1000;

    public ClassDirichlet {
        requireClients(clients);
        requireConcentration("partition.alpha", alpha);
        require(minExamples >= 0, "partition.min-examples must be >= 0, got %s", minExamples);
    }

    @Override
    public OptionalInt clientsAsked() {
        return OptionalInt.of(clients);
    }

    @Override
    public Optional<String> groupColumn() {
        return Optional.of(LABEL);
    }

    @Override
    public Plan plan(SortedMap<String, Long> groupCounts, long seed) {
        GroupCounts labels = GroupCounts.of(groupCounts, clients);
        require(
                (long) minExamples * clients <= labels.total(),
                "partition.min-examples %s for %s clients needs %s examples but there are %s; lower one of them",
                minExamples,
                clients,
                (long) minExamples * clients,
                labels.total());
        Dirichlet shares = new Dirichlet(Dirichlet.symmetric(clients, alpha), new Well19937c(seed));
        for (int draw = 0; draw < MAX_DRAWS; draw++) {
            long[][] byLabel =
                    Arrays.stream(labels.counts()).mapToObj(shares::split).toArray(long[][]::new);
            if (smallestClient(byLabel) >= minExamples) {
                return Plan.of(labels.names(), byLabel);
            }
        }
        throw new InvalidInputException(String.format(
                "No draw of %s gave each of %s clients partition.min-examples %s at partition.alpha %s; "
                        + "lower min-examples or clients, or raise alpha",
                MAX_DRAWS, clients, minExamples, alpha));
    }

    private static long smallestClient(long[][] byLabel) {
        long[] sizes = new long[byLabel[0].length];
        for (long[] label : byLabel) {
            Arrays.setAll(sizes, client -> sizes[client] + label[client]);
        }
        return Arrays.stream(sizes).min().orElseThrow();
    }
}
