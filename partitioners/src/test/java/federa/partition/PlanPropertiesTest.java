package federa.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PlanPropertiesTest {

    @Property
    void theClientsShareTheRanksOfEveryGroupWithoutGapAndOverlap(
            @ForAll @Size(min = 1, max = 6) List<@Size(5) List<@IntRange(max = 7) Integer>> matrix) {
        List<String> groups =
                IntStream.range(0, matrix.size()).mapToObj(i -> "group " + i).toList();
        long[][] counts = matrix.stream()
                .map(row -> row.stream().mapToLong(Integer::longValue).toArray())
                .toArray(long[][]::new);
        for (long[] row : counts) {
            row[0]++; // a group has at least one example
        }

        Plan plan = Plan.of(groups, counts);

        for (int group = 0; group < counts.length; group++) {
            long[] owned = new long[plan.clients()];
            int before = 0;
            for (long rank = 0; rank < Arrays.stream(counts[group]).sum(); rank++) {
                int client = plan.clientOf(groups.get(group), rank);
                assertThat(client)
                        .as("owners stand in the order of the clients")
                        .isGreaterThanOrEqualTo(before);
                before = client;
                owned[client]++;
            }
            assertThat(owned).isEqualTo(counts[group]);
        }
    }

    @Property
    void everyPartitionerGivesEachExampleToOneClient(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 50) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 6) int clients,
            @ForAll @IntRange(min = 1, max = 40) int tenths,
            @ForAll long seed) {
        SortedMap<String, Long> groups = new TreeMap<>();
        long all = 0;
        for (int i = 0; i < sizes.size(); i++) {
            groups.put("group " + i, (long) sizes.get(i));
            all += sizes.get(i);
        }
        int wanted = (int) Math.min(clients, all);
        double alpha = tenths / 10.0;
        List<Partitioner> rules = List.of(
                new Iid(wanted),
                new QuantitySkew(wanted, alpha),
                new LabelDirichlet(wanted, alpha, Convention.FEDNLP),
                new LabelDirichlet(wanted, alpha, Convention.HSU));
        for (Partitioner rule : rules) {
            SortedMap<String, Long> counted =
                    rule.groupColumn().isPresent() ? groups : new TreeMap<>(Map.of(Partitioner.POOL, all));

            Plan plan = rule.plan(counted, seed);

            SortedMap<String, Long> total = new TreeMap<>();
            for (int client = 0; client < plan.clients(); client++) {
                plan.histogram(client).forEach((group, count) -> total.merge(group, count, Long::sum));
            }
            assertThat(plan.clients()).as(rule.toString()).isEqualTo(wanted);
            assertThat(total).as(rule.toString()).isEqualTo(counted);
        }
    }
}
