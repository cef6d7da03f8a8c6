package federa.partition;

import static federa.partition.PartitionerTest.counts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class ClusterDirichletTest {
    private static final ClusterDirichlet PARTITIONER =
            new ClusterDirichlet(4, 0.5, Convention.FEDNLP, 3, Representation.ENCODER);

    @Test
    void clustersAreDividedAsLabelsAre() {
        SortedMap<String, Long> counts = counts("cluster-00", 70, "cluster-01", 11, "cluster-02", 40);
        assertThat(PARTITIONER.plan(counts, 9))
                .isEqualTo(new LabelDirichlet(4, 0.5, Convention.FEDNLP).plan(counts, 9));
        assertThat(PARTITIONER.groupColumn()).contains("cluster");
        assertThat(PARTITIONER.skewColumn()).isEqualTo("cluster");
        assertThat(PARTITIONER.clientsAsked()).hasValue(4);
    }

    @Test
    void badValuesNameTheKey() {
        assertThatThrownBy(() -> new ClusterDirichlet(0, 1, Convention.HSU, 2, Representation.TF_IDF))
                .hasMessage("partition.clients must be >= 1, got 0");
        assertThatThrownBy(() -> new ClusterDirichlet(2, 0, Convention.HSU, 2, Representation.TF_IDF))
                .hasMessageStartingWith("partition.alpha must be > 0, got 0.0");
        assertThatThrownBy(() -> new ClusterDirichlet(2, 1, Convention.HSU, 1, Representation.TF_IDF))
                .hasMessage("partition.clusters must be >= 2, got 1");
        assertThatThrownBy(() -> new ClusterDirichlet(2, 1, Convention.HSU, 2, null))
                .hasMessage("partition.representation is missing; set it to tf-idf or encoder");
    }
}
