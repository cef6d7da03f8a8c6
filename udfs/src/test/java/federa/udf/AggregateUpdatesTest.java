package federa.udf;

import static org.assertj.core.api.Assertions.assertThat;

import federa.federated.Aggregate;
import federa.federated.ClientUpdate;
import federa.federated.Mean;
import federa.federated.WeightedMean;
import federa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

class AggregateUpdatesTest {

    private static final Mean MEAN = new Mean();
    private static final Slices SLICES = Slices.of(MEAN, 100);

    @Test
    void everyTensorIsAveragedOnceInTheOrderOfTheClients() {
        List<Tuple2<BlockKey, UpdatePart>> parts = new ArrayList<>();
        WeightedMean expected = new WeightedMean();
        for (int client : new int[] {1, 2, 10}) {
            Tensor tensor = new Tensor(new long[] {2}, new float[] {1f / (client + 2), 1e8f * client});
            expected.add(tensor, client * 3.0);
            parts.add(part("a", client, tensor, client * 3.0));
            parts.add(part("b", client, new Tensor(new long[] {}, new float[] {client}), 1));
            parts.add(UpdatePart.of(report(client)));
        }
        Collections.shuffle(parts, new Random(5));

        Aggregate aggregate = result(aggregated(parts));

        assertThat(aggregate.tensors().asMap()).containsOnlyKeys("a", "b");
        assertThat(aggregate.tensors().get("a").values()).isEqualTo(expected.result().values());
        assertThat(aggregate.tensors().get("b").values()).containsExactly((1 + 2 + 10) / 3f);
        assertThat(aggregate.updates()).extracting(ClientUpdate::client).containsExactly(1, 2, 10);
    }

    @Test
    void aFailedClientCountsForNothing() {
        Tensor tensor = new Tensor(new long[] {2}, new float[] {3, 4});

        Aggregate aggregate =
                result(aggregated(List.of(part("a", 1, tensor, 5), UpdatePart.of(report(1)), UpdatePart.of(report(2)))));

        assertThat(aggregate.tensors().get("a").values()).containsExactly(3, 4);
        assertThat(aggregate.updates()).hasSize(2);
    }

    @Test
    void manyUpdatesAreAggregatedByMoreTasksThanThereAreCores() {
        SortedMap<String, long[]> adapters = new TreeMap<>();
        for (int layer = 0; layer < 48; layer++) {
            adapters.put("layer " + layer, new long[] {32, 768});
        }
        assertThat(AggregateUpdates.tasks(1, adapters, SLICES, 2)).isEqualTo(2);
        assertThat(AggregateUpdates.tasks(1000, adapters, SLICES, 2)).isEqualTo(18); // 4.7 GB
        assertThat(AggregateUpdates.tasks(1_000_000, adapters, SLICES, 2)).isEqualTo(48);
        assertThat(AggregateUpdates.tasks(1, one(768), SLICES, 2)).isEqualTo(1);
        assertThat(AggregateUpdates.tasks(100, one(50265, 768), SLICES, 2)).isEqualTo(37);
    }

    private static SortedMap<String, long[]> one(long... shape) {
        return new TreeMap<>(Map.of("a", shape));
    }

    @Test
    void aLargeTensorIsAveragedInSlices() {
        Tensor one = filled(1, Slices.ELEMENTS + 1, 2);
        Tensor three = filled(3, Slices.ELEMENTS + 1, 2);
        List<Tuple2<BlockKey, UpdatePart>> parts = new ArrayList<>();
        SLICES.parts(Map.of("a", three), 2, 1).forEach(parts::add);
        SLICES.parts(Map.of("a", one), 1, 3).forEach(parts::add);

        List<Tuple2<BlockKey, UpdatePart>> aggregated = aggregated(parts);

        assertThat(aggregated).hasSize(3);
        Tensor mean = result(aggregated).tensors().get("a");
        assertThat(mean.shape()).isEqualTo(one.shape());
        assertThat(mean.values()).containsOnly(1.5f);
    }

    private static Tensor filled(float value, long... shape) {
        float[] values = new float[Math.toIntExact(Tensor.size(shape))];
        Arrays.fill(values, value);
        return new Tensor(shape, values);
    }

    @Test
    void nothingGivesNothing() {
        assertThat(aggregated(List.of())).isEmpty();
    }

    @Test
    void allPartsOfASliceGoToOneTaskAndReportsToo() {
        BlockKey.BySlice partitioner = new BlockKey.BySlice(3);

        for (String name : List.of("", "a", "roberta.encoder.layer.0.attention.self.query.lora_A")) {
            int task = partitioner.getPartition(new BlockKey(name, 0, 0));
            assertThat(task).isBetween(0, 2);
            for (int client = 1; client < 20; client++) {
                assertThat(partitioner.getPartition(new BlockKey(name, 0, client)))
                        .isEqualTo(task);
            }
        }
    }

    @Test
    void updatesAggregatedInChunksGiveTheBitsOfUpdatesAggregatedAtOnce() {
        List<Tuple2<BlockKey, UpdatePart>> early = new ArrayList<>();
        List<Tuple2<BlockKey, UpdatePart>> late = new ArrayList<>();
        Random random = new Random(11);
        for (int client = 0; client < 9; client++) {
            List<Tuple2<BlockKey, UpdatePart>> chunk = client < 4 ? early : late;
            chunk.add(part("both", client, random(random), 1 + client % 3));
            chunk.add(part(client < 4 ? "early alone" : "late alone", client, random(random), 1 + client % 3));
            chunk.add(UpdatePart.of(report(client)));
        }
        Aggregate atOnce = result(aggregated(Stream.concat(early.stream(), late.stream()).toList()));

        Aggregate inChunks =
                result(aggregated(Stream.concat(aggregated(early).stream(), late.stream()).toList()));

        assertThat(inChunks.tensors().asMap()).containsOnlyKeys("both", "early alone", "late alone");
        inChunks.tensors().asMap().forEach((name, mean) -> assertThat(mean.values())
                .as(name)
                .isEqualTo(atOnce.tensors().get(name).values()));
        assertThat(inChunks.updates()).isEqualTo(atOnce.updates()).hasSize(9);
    }

    private static Tensor random(Random random) {
        return new Tensor(
                new long[] {3}, new float[] {random.nextFloat(), 1e8f * random.nextFloat(), random.nextFloat()});
    }

    private static List<Tuple2<BlockKey, UpdatePart>> aggregated(List<Tuple2<BlockKey, UpdatePart>> parts) {
        List<Tuple2<BlockKey, UpdatePart>> sorted = new ArrayList<>(parts);
        sorted.sort((a, b) -> a._1().compareTo(b._1()));
        List<Tuple2<BlockKey, UpdatePart>> aggregated = new ArrayList<>();
        new AggregateUpdates(MEAN).call(sorted.iterator()).forEachRemaining(aggregated::add);
        return aggregated;
    }

    private static Aggregate result(List<Tuple2<BlockKey, UpdatePart>> aggregated) {
        return AggregateUpdates.joined(aggregated.stream()
                .map(part -> new Tuple2<>(part._1(), AggregateUpdates.rounded(part._2())))
                .toList());
    }

    private static Tuple2<BlockKey, UpdatePart> part(String name, int client, Tensor tensor, double weight) {
        return new Tuple2<>(
                new BlockKey(name, 0, client), new UpdatePart.Slice(new TreeMap<>(Map.of(name, tensor)), weight));
    }

    private static ClientUpdate report(int client) {
        return new ClientUpdate(client, 1, 1, 1, 1, 1, 1, 1, "host", "amd64", "1", "cpu", 1, null);
    }
}
