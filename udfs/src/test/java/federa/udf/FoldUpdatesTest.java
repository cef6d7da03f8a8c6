package federa.udf;

import static org.assertj.core.api.Assertions.assertThat;

import federa.federated.WeightedMean;
import federa.tensor.Tensor;
import federa.udf.FoldUpdates.Folded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

class FoldUpdatesTest {

    @Test
    void everyTensorIsAveragedOnceInTheOrderOfTheClients() {
        List<Tuple2<UpdateKey, UpdatePart>> parts = new ArrayList<>();
        WeightedMean expected = new WeightedMean();
        for (int client : new int[] {1, 2, 10}) {
            Tensor tensor = new Tensor(new long[] {2}, new float[] {1f / (client + 2), 1e8f * client});
            expected.add(tensor, client * 3.0);
            parts.add(part("a", client, tensor, client * 3.0));
            parts.add(part("b", client, new Tensor(new long[] {}, new float[] {client}), 1));
            parts.add(new Tuple2<>(UpdateKey.ofReport(client), UpdatePart.of(report(client))));
        }
        Collections.shuffle(parts, new Random(5));

        List<Folded> folded = fold(parts);

        assertThat(folded).extracting(Folded::name).containsExactlyInAnyOrder("", "", "", "a", "b");
        assertThat(named(folded, "a").mean().values())
                .isEqualTo(expected.result().values());
        assertThat(named(folded, "b").mean().values()).containsExactly((1 + 2 + 10) / 3f);
        assertThat(folded.stream().filter(Folded::isReport).map(f -> f.report().client()))
                .containsExactly(1, 2, 10);
    }

    @Test
    void aFailedClientCountsForNothing() {
        Tensor tensor = new Tensor(new long[] {2}, new float[] {3, 4});

        List<Folded> folded = fold(List.of(
                part("a", 1, tensor, 5),
                new Tuple2<>(UpdateKey.ofReport(1), UpdatePart.of(report(1))),
                new Tuple2<>(UpdateKey.ofReport(2), UpdatePart.of(report(2)))));

        assertThat(named(folded, "a").mean().values()).containsExactly(3, 4);
        assertThat(folded).filteredOn(Folded::isReport).hasSize(2);
    }

    @Test
    void manyUpdatesAreFoldedByMoreTasksThanThereAreCores() {
        List<long[]> adapters = Collections.nCopies(48, new long[] {32, 768});
        assertThat(FoldUpdates.tasks(1, adapters, 2)).isEqualTo(2);
        assertThat(FoldUpdates.tasks(1000, adapters, 2)).isEqualTo(18); // 4.7 GB
        assertThat(FoldUpdates.tasks(1_000_000, adapters, 2)).isEqualTo(48);
        assertThat(FoldUpdates.tasks(1, List.of(new long[] {768}), 2)).isEqualTo(1);
        assertThat(FoldUpdates.tasks(100, List.of(new long[] {50265, 768}), 2)).isEqualTo(37);
    }

    @Test
    void aLargeTensorIsAveragedInPieces() {
        Tensor one = filled(1, Rows.ELEMENTS + 1, 2);
        Tensor three = filled(3, Rows.ELEMENTS + 1, 2);
        List<Tuple2<UpdateKey, UpdatePart>> parts = new ArrayList<>();
        UpdatePart.of("a", three, 2, 1).forEach(parts::add);
        UpdatePart.of("a", one, 1, 3).forEach(parts::add);

        List<Folded> folded = fold(parts);

        assertThat(folded).hasSize(3);
        Tensor mean = FoldUpdates.joined(folded).get("a");
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
        assertThat(fold(List.of())).isEmpty();
    }

    @Test
    void allPartsOfAPieceGoToOneTaskAndReportsToo() {
        UpdateKey.ByPiece partitioner = new UpdateKey.ByPiece(3);

        for (String name : List.of("", "a", "roberta.encoder.layer.0.attention.self.query.lora_A")) {
            int task = partitioner.getPartition(UpdateKey.ofTensor(name, 0, 0));
            assertThat(task).isBetween(0, 2);
            for (int client = 1; client < 20; client++) {
                assertThat(partitioner.getPartition(UpdateKey.ofTensor(name, 0, client)))
                        .isEqualTo(task);
            }
        }
    }

    private static List<Folded> fold(List<Tuple2<UpdateKey, UpdatePart>> parts) {
        List<Tuple2<UpdateKey, UpdatePart>> sorted = new ArrayList<>(parts);
        sorted.sort((a, b) -> a._1().compareTo(b._1()));
        List<Folded> folded = new ArrayList<>();
        Iterator<Folded> result = new FoldUpdates().call(sorted.iterator());
        result.forEachRemaining(folded::add);
        return folded;
    }

    private static Folded named(List<Folded> folded, String name) {
        return folded.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
    }

    private static Tuple2<UpdateKey, UpdatePart> part(String name, int client, Tensor tensor, double weight) {
        return new Tuple2<>(UpdateKey.ofTensor(name, 0, client), UpdatePart.of(tensor, weight));
    }

    private static ClientReport report(int client) {
        return new ClientReport(client, 1, 1, 1, 1, 1, 1, 1, "host", "amd64", "1", "cpu", 1, null);
    }
}
