package federa.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every partitioner. */
class PartitionerTest {
    private static final int CLIENTS = 7;

    static Stream<Partitioner> all() {
        return Stream.concat(seeded(), Stream.of(new Iid(CLIENTS), new NaturalKey("author")));
    }

    static Stream<Partitioner> seeded() {
        return Stream.of(
                new LabelDirichlet(CLIENTS, 0.5, Convention.FEDNLP),
                new LabelDirichlet(CLIENTS, 1e-6, Convention.FEDNLP),
                new LabelDirichlet(CLIENTS, 0.3, Convention.HSU),
                new LabelDirichlet(CLIENTS, 1e6, Convention.HSU),
                new ClusterDirichlet(CLIENTS, 0.5, Convention.HSU, 10, Representation.TF_IDF),
                new ClassDirichlet(CLIENTS, 0.1, 0),
                new ClassDirichlet(CLIENTS, 5, 3),
                new QuantitySkew(CLIENTS, 0.05),
                new QuantitySkew(CLIENTS, 2));
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyExampleHasExactlyOneClient(Partitioner partitioner) {
        for (int trial = 0; trial < 50; trial++) {
            SortedMap<String, Long> counts = randomCounts(partitioner, new Random(trial));
            Plan plan = partitioner.plan(counts, trial);
            assertThat(plan.groups()).containsExactlyElementsOf(counts.keySet());
            counts.forEach((group, count) -> assertThat(IntStream.range(0, plan.clients())
                            .mapToLong(client -> plan.count(client, group))
                            .sum())
                    .isEqualTo(count));
            assertThat(IntStream.range(0, plan.clients()).mapToLong(plan::size).sum())
                    .isEqualTo(plan.examples());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void ranksOfAGroupGoToItsClientsAsOftenAsThePlanSays(Partitioner partitioner) {
        SortedMap<String, Long> counts = randomCounts(partitioner, new Random(5));
        Plan plan = partitioner.plan(counts, 5);
        counts.forEach((group, count) -> {
            long[] owned = new long[plan.clients()];
            for (long rank = 0; rank < count; rank++) {
                owned[plan.clientOf(group, rank)]++;
            }
            for (int client = 0; client < owned.length; client++) {
                assertThat(owned[client]).isEqualTo(plan.count(client, group));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void sameSeedSameAssignment(Partitioner partitioner) {
        SortedMap<String, Long> counts = randomCounts(partitioner, new Random(1));
        assertThat(partitioner.plan(counts, 42))
                .isEqualTo(partitioner.plan(counts, 42))
                .hasSameHashCodeAs(partitioner.plan(counts, 42));
    }

    @ParameterizedTest
    @MethodSource("seeded")
    void differentSeedDiffers(Partitioner partitioner) {
        SortedMap<String, Long> counts = randomCounts(partitioner, new Random(1));
        long distinct = IntStream.range(0, 5)
                .mapToObj(seed -> partitioner.plan(counts, seed))
                .distinct()
                .count();
        assertThat(distinct).isGreaterThan(1);
    }

    @ParameterizedTest
    @MethodSource("all")
    void theOrderOfTheGivenMapDoesNotMatter(Partitioner partitioner) {
        SortedMap<String, Long> counts = randomCounts(partitioner, new Random(2));
        SortedMap<String, Long> reversed = new TreeMap<>(Comparator.reverseOrder());
        reversed.putAll(counts);
        assertThat(partitioner.plan(reversed, 3)).isEqualTo(partitioner.plan(counts, 3));
    }

    @ParameterizedTest
    @MethodSource("all")
    void asManyClientsAsExamplesIsEnough(Partitioner partitioner) {
        if (partitioner instanceof ClassDirichlet) {
            return;
        }
        SortedMap<String, Long> counts = partitioner.groupColumn().isEmpty()
                ? counts(Partitioner.POOL, CLIENTS)
                : counts("a", 2, "b", 4, "c", 1);
        Plan plan = partitioner.plan(counts, 1);
        assertThat(IntStream.range(0, plan.clients()).mapToLong(plan::size)).allMatch(size -> size >= 1);
    }

    @ParameterizedTest
    @MethodSource("all")
    void oneGroupIsEnough(Partitioner partitioner) {
        String name = partitioner.groupColumn().isEmpty() ? Partitioner.POOL : "only";
        Plan plan = partitioner.plan(counts(name, 1000), 1);
        assertThat(plan.examples()).isEqualTo(1000);
        assertThat(plan.groups()).isEqualTo(List.of(name));
    }

    @ParameterizedTest
    @MethodSource("all")
    void countsBeyondAnIntAreNoProblem(Partitioner partitioner) {
        SortedMap<String, Long> counts = partitioner.groupColumn().isEmpty()
                ? counts(Partitioner.POOL, 5_000_000_000L)
                : counts("a", 1_500_000_000L, "b", 2_500_000_000L, "c", 1_000_000_000L);
        Plan plan = partitioner.plan(counts, 9);
        assertThat(IntStream.range(0, plan.clients()).mapToLong(plan::size).sum())
                .isEqualTo(5_000_000_000L);
        String last = plan.groups().get(plan.groups().size() - 1);
        assertThat(plan.clientOf(last, counts.get(last) - 1)).isBetween(0, plan.clients() - 1);
    }

    static SortedMap<String, Long> counts(Object... namesAndCounts) {
        SortedMap<String, Long> counts = new TreeMap<>();
        for (int i = 0; i < namesAndCounts.length; i += 2) {
            counts.put((String) namesAndCounts[i], ((Number) namesAndCounts[i + 1]).longValue());
        }
        return counts;
    }

    static SortedMap<String, Long> balanced(int labels, long each) {
        SortedMap<String, Long> counts = new TreeMap<>();
        for (int label = 0; label < labels; label++) {
            counts.put("label" + label, each);
        }
        return counts;
    }

    private static SortedMap<String, Long> randomCounts(Partitioner partitioner, Random random) {
        if (partitioner.groupColumn().isEmpty()) {
            return counts(Partitioner.POOL, 50 + random.nextInt(2000));
        }
        SortedMap<String, Long> counts = new TreeMap<>();
        int groups = 2 + random.nextInt(30);
        for (int group = 0; group < groups; group++) {
            counts.put("g" + random.nextInt(1000), 20L + random.nextInt(300));
        }
        return counts;
    }
}
