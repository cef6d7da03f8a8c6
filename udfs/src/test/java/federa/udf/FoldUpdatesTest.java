package federa.udf;

import static org.assertj.core.api.Assertions.assertThat;

import federa.federated.WeightedMean;
import federa.tensor.Tensor;
import federa.udf.FoldUpdates.Folded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
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
            parts.add(UpdatePart.of(report(client)));
        }
        Collections.shuffle(parts, new Random(5));

        Folded folded = result(fold(parts));

        assertThat(folded.means()).containsOnlyKeys("a", "b");
        assertThat(folded.means().get("a").values()).isEqualTo(expected.result().values());
        assertThat(folded.means().get("b").values()).containsExactly((1 + 2 + 10) / 3f);
        assertThat(folded.reports()).extracting(ClientReport::client).containsExactly(1, 2, 10);
    }

    @Test
    void aFailedClientCountsForNothing() {
        Tensor tensor = new Tensor(new long[] {2}, new float[] {3, 4});

        Folded folded =
                result(fold(List.of(part("a", 1, tensor, 5), UpdatePart.of(report(1)), UpdatePart.of(report(2)))));

        assertThat(folded.means().get("a").values()).containsExactly(3, 4);
        assertThat(folded.reports()).hasSize(2);
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

        List<Tuple2<UpdateKey, UpdatePart>> folded = fold(parts);

        assertThat(folded).hasSize(3);
        Tensor mean = result(folded).means().get("a");
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

    @Test
    void updatesFoldedInWavesGiveTheBitsOfUpdatesFoldedAtOnce() {
        List<Tuple2<UpdateKey, UpdatePart>> early = new ArrayList<>();
        List<Tuple2<UpdateKey, UpdatePart>> late = new ArrayList<>();
        Random random = new Random(11);
        for (int client = 0; client < 9; client++) {
            List<Tuple2<UpdateKey, UpdatePart>> wave = client < 4 ? early : late;
            wave.add(part("both", client, random(random), 1 + client % 3));
            wave.add(part(client < 4 ? "early alone" : "late alone", client, random(random), 1 + client % 3));
            wave.add(UpdatePart.of(report(client)));
        }
        Folded atOnce = result(fold(Stream.concat(early.stream(), late.stream()).toList()));

        Folded inWaves =
                result(fold(Stream.concat(fold(early).stream(), late.stream()).toList()));

        assertThat(inWaves.means()).containsOnlyKeys("both", "early alone", "late alone");
        inWaves.means().forEach((name, mean) -> assertThat(mean.values())
                .as(name)
                .isEqualTo(atOnce.means().get(name).values()));
        assertThat(inWaves.reports()).isEqualTo(atOnce.reports()).hasSize(9);
    }

    private static Tensor random(Random random) {
        return new Tensor(
                new long[] {3}, new float[] {random.nextFloat(), 1e8f * random.nextFloat(), random.nextFloat()});
    }

    private static List<Tuple2<UpdateKey, UpdatePart>> fold(List<Tuple2<UpdateKey, UpdatePart>> parts) {
        List<Tuple2<UpdateKey, UpdatePart>> sorted = new ArrayList<>(parts);
        sorted.sort((a, b) -> a._1().compareTo(b._1()));
        List<Tuple2<UpdateKey, UpdatePart>> folded = new ArrayList<>();
        new FoldUpdates().call(sorted.iterator()).forEachRemaining(folded::add);
        return folded;
    }

    private static Folded result(List<Tuple2<UpdateKey, UpdatePart>> folded) {
        return FoldUpdates.joined(folded.stream()
                .map(part -> new Tuple2<>(part._1(), FoldUpdates.rounded(part._2())))
                .toList());
    }

    private static Tuple2<UpdateKey, UpdatePart> part(String name, int client, Tensor tensor, double weight) {
        return new Tuple2<>(UpdateKey.ofTensor(name, 0, client), new UpdatePart.Piece(tensor, weight));
    }

    private static ClientReport report(int client) {
        return new ClientReport(client, 1, 1, 1, 1, 1, 1, 1, "host", "amd64", "1", "cpu", 1, null);
    }
}
