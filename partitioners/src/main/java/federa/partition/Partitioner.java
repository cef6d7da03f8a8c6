package federa.partition;

import federa.spi.InvalidInputException;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Divides examples among clients, knowing only how many examples each group has.
 *
 * <p>A pure function of its parameters, the counts and the seed: the same plan on every machine.
 */
public interface Partitioner extends Division {

    /** The column with an example's label. */
    String LABEL = "label";

    /** The column with the cluster of an example's text, which {@link TextClusters} makes. */
    String CLUSTER = "cluster";

    /** The name of the only group when no column groups the examples. */
    String POOL = "all";

    @Override
    default Optional<Partitioner> partitioner() {
        return Optional.of(this);
    }

    /** How the texts are clustered beforehand, if the groups are clusters of them ({@link #CLUSTER}). */
    default Optional<Clustering> clustering() {
        return Optional.empty();
    }

    /** The column whose values are the groups; empty when all examples form the one group {@link #POOL}. */
    Optional<String> groupColumn();

    /**
     * How many examples of each group every client owns.
     *
     * @param groupCounts examples per group, each at least 1; just {@link #POOL} when there is no group column
     * @throws InvalidInputException if the counts cannot be divided as asked, for example among more clients than
     *     examples
     */
    Plan plan(SortedMap<String, Long> groupCounts, long seed);
}
