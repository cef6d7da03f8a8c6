package federa.partition;

import static federa.partition.Require.require;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * FedNLP's skew for examples without classes, such as questions: texts that are alike form clusters ({@link
 * TextClusters}), and the clusters are divided as {@link LabelDirichlet} divides labels.
 *
 * @param clients how many clients share the examples
 * @param alpha small for clients of few clusters, large for clients like the whole
 * @param convention what alpha multiplies
 * @param clusters how many groups of texts; FedNLP has 10 for W-NUT and 30 for SQuAD
 * @param representation what of a text decides its cluster
 * @see <a href="https://arxiv.org/abs/2104.08815">FedNLP; data/advanced_partition/kmeans.py</a>
 */
public record ClusterDirichlet(
        int clients, double alpha, Convention convention, int clusters, Representation representation)
        implements Partitioner {
    public ClusterDirichlet {
        new LabelDirichlet(clients, alpha, convention); // whose checks these are
        TextClusters.requireClusters(clusters);
        require(representation != null, "partition.representation is missing; set it to tf-idf or encoder");
    }

    @Override
    public OptionalInt clientsAsked() {
        return OptionalInt.of(clients);
    }

    @Override
    public Optional<Clustering> clustering() {
        return Optional.of(new Clustering(clusters, representation));
    }

    @Override
    public Optional<String> groupColumn() {
        return Optional.of(CLUSTER);
    }

    @Override
    public String skewColumn() {
        return CLUSTER;
    }

    @Override
    public Plan plan(SortedMap<String, Long> groupCounts, long seed) {
        return new LabelDirichlet(clients, alpha, convention).plan(groupCounts, seed);
    }
}
