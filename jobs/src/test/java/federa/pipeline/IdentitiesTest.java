package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import federa.config.Canonical;
import federa.partition.ClassDirichlet;
import federa.partition.ClusterDirichlet;
import federa.partition.Convention;
import federa.partition.Division;
import federa.partition.LabelDirichlet;
import federa.partition.Representation;
import federa.partition.Resident;
import federa.prepare.Given;
import federa.prepare.Kind;
import federa.prepare.Topics;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What warehouses know their contents by: if one of these changes, a warehouse that somebody has is not found again. */
class IdentitiesTest {

    private static final String FINGERPRINT = "200-00c0ffee00c0ffee-1f";

    static Stream<Arguments> divisions() {
        return Stream.of(
                Arguments.of(
                        new LabelDirichlet(4, 1.0, Convention.HSU),
                        "",
                        "label-dirichlet-41e4e027eec4f3b3",
                        "label-dirichlet-ab7b998f"),
                Arguments.of(
                        new ClassDirichlet(5, 0.5, 5),
                        "",
                        "class-dirichlet-497fd667305c87ce",
                        "class-dirichlet-87bb7a5b"),
                Arguments.of(
                        new ClusterDirichlet(4, 0.1, Convention.FEDNLP, 10, Representation.ENCODER),
                        "abc|128",
                        "cluster-dirichlet-984be613021b08c9",
                        "cluster-dirichlet-3bb80f04"),
                Arguments.of(new Resident(3), "{0={a=1}}", "resident-f51f1cb163a69be7", "resident-55ae7f1e"));
    }

    @ParameterizedTest
    @MethodSource("divisions")
    void aDivisionHasTheIdThatItHadAndIsFoundByTheEarlierOne(
            Division division, String inputs, String id, String earlier) {
        assertThat(Partitions.id("topics", FINGERPRINT, division, 7, inputs)).isEqualTo("topics-" + id);
        assertThat(Partitions.earlierId("topics", FINGERPRINT, division, 7, inputs))
                .isEqualTo("topics-" + earlier);
    }

    @Test
    void aDataSetIsKnownByItsSourceAsFilesWriteIt() {
        assertThat(Canonical.of(new Topics(200, 60, 17)))
                .isEqualTo("{\"format\":\"topics\",\"seed\":17,\"test\":60,\"train\":200}");
        assertThat(Canonical.of(new Given(Kind.TEXTS, true)))
                .isEqualTo("{\"format\":\"given\",\"kind\":\"texts\",\"numbers\":true}");
        assertThat(new Topics(200, 60, 17)).hasToString("Topics[train=200, test=60, seed=17]");
    }
}
