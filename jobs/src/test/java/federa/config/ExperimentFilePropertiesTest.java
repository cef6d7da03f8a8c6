package federa.config;

import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.Tiny;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ExperimentFilePropertiesTest {

    /** What is stored with a run is read back as the same experiment, and says nothing else than the file did. */
    @Property
    void anExperimentSurvivesItsStoredForm(@ForAll("changes") Map<String, Object> changes) {
        Experiment experiment = ExperimentFile.parse("tiny.yaml", Tiny.yaml(), name -> "some/model")
                .with(changes)
                .bind();

        Experiment read = ExperimentFile.ofYaml(ExperimentFile.toYaml(experiment));

        assertThat(read).isEqualTo(experiment);
        assertThat(ExperimentFile.differences(read, experiment, List.of())).isEmpty();
        assertThat(Canonical.of(read)).isEqualTo(Canonical.of(experiment));
    }

    @Provide
    Arbitrary<Map<String, Object>> changes() {
        Arbitrary<Map<String, Object>> numbers = Combinators.combine(
                        Arbitraries.longs(),
                        Arbitraries.integers().between(1, 1_000_000),
                        Arbitraries.doubles().between(1e-9, 1e9).ofScale(9),
                        Arbitraries.doubles().between(0, 1).ofScale(6))
                .as((seed, whole, positive, share) -> Map.of(
                        "seed", seed,
                        "training.batch-size", whole,
                        "training.learning-rate", positive,
                        "data.max-bad-share", share));
        Arbitrary<Object> methods = Arbitraries.of(
                Map.of("kind", "full"),
                Map.of("kind", "bitfit"),
                Map.of("kind", "houlsby", "bottleneck", 3, "activation", "gelu"),
                Map.of("kind", "pfeiffer", "bottleneck", 3, "activation", "relu", "placement", "adapter-hub"),
                Map.of(
                        "kind",
                        "lora",
                        "rank",
                        2,
                        "alpha",
                        0.1,
                        "scaling",
                        "standard",
                        "targets",
                        List.of("a: b", "#c")),
                Map.of(
                        "kind",
                        "federa",
                        "rank",
                        9,
                        "alpha",
                        3,
                        "scaling",
                        "rank-stabilized",
                        "targets",
                        List.of("no")));
        Arbitrary<Object> divisions = Arbitraries.of(
                Map.of("kind", "iid", "clients", 30),
                Map.of("kind", "natural-key", "column", "null"),
                Map.of("kind", "quantity-skew", "clients", 30, "beta", 0.25),
                Map.of("kind", "resident", "clients", 30));
        Arbitrary<Object> sources = Arbitraries.strings()
                .ofMinLength(1)
                .ofMaxLength(20)
                .map(path -> Map.of("format", "squad-form", "train", path, "test", "~"));
        return Combinators.combine(numbers, methods, divisions, sources).as((values, method, division, source) -> {
            Map<String, Object> all = new TreeMap<>(values);
            all.put("method", method);
            all.put("partition", division);
            all.put("data.source", source);
            return all;
        });
    }
}
