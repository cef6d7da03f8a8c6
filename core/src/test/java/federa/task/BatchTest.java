package federa.task;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import federa.Tiny;
import federa.encoder.EncoderInput;
import federa.engine.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchTest {

    private static final List<Example> EXAMPLES = Tiny.examples(403, 1);

    @Test
    void everyExampleIsThereOncePerEpoch() {
        for (int batchSize : new int[] {1, 7, 8, 403, 1000}) {
            List<Batch> batches = Batch.shuffled(EXAMPLES, batchSize, 1);
            assertThat(batches).hasSize((EXAMPLES.size() + batchSize - 1) / batchSize);
            assertThat(batches.stream().flatMap(batch -> batch.examples().stream()))
                    .containsExactlyInAnyOrderElementsOf(EXAMPLES);
            assertThat(batches.stream().filter(batch -> batch.size() < batchSize))
                    .hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void sameSeedSameOrder() {
        assertThat(Batch.shuffled(EXAMPLES, 8, 1)).isEqualTo(Batch.shuffled(EXAMPLES, 8, 1));
        assertThat(Batch.shuffled(EXAMPLES, 8, 2)).isNotEqualTo(Batch.shuffled(EXAMPLES, 8, 1));
    }

    @Test
    void theListGivenStaysInItsOrder() {
        List<Example> given = new ArrayList<>(EXAMPLES);
        Batch.shuffled(given, 8, 1);
        assertThat(given).isEqualTo(EXAMPLES);
    }

    @Test
    void groupingByLengthPadsLessThanAPlainShuffle() {
        List<Example> plain = new ArrayList<>(EXAMPLES);
        Collections.shuffle(plain, new Random(1));
        assertThat(padding(Batch.shuffled(EXAMPLES, 8, 1))).isLessThan(padding(Batch.inOrder(plain, 8)) / 4);
    }

    @Test
    void lengthsOfConsecutiveBatchesAreNotSorted() {
        List<Integer> lengths = Batch.shuffled(EXAMPLES, 8, 1).stream()
                .map(batch -> batch.examples().get(0).length())
                .toList();
        assertThat(lengths).isNotEqualTo(lengths.stream().sorted().toList());
    }

    @Test
    void aBatchIsPaddedOnlyToItsLongest() {
        Batch batch =
                new Batch(List.of(new Example(new int[] {0, 5, 2}, 1), new Example(new int[] {0, 7, 8, 9, 2}, 2)));
        try (NDManager manager = Torch.newManager(Device.cpu())) {
            EncoderInput input = batch.input(manager);
            assertThat(input.ids().getShape()).isEqualTo(new Shape(2, 5));
            assertThat(input.ids().toLongArray()).containsExactly(0, 5, 2, 0, 0, 0, 7, 8, 9, 2);
            assertThat(input.lengths()).containsExactly(3, 5);
            assertThat(input.tokenTypes()).isNull();
            assertThat(batch.targets(manager, 0).toLongArray()).containsExactly(1, 2);
        }
    }

    private static int padding(List<Batch> batches) {
        return batches.stream().mapToInt(BatchTest::padding).sum();
    }

    private static int padding(Batch batch) {
        int[] lengths = batch.examples().stream().mapToInt(Example::length).toArray();
        return lengths.length * Arrays.stream(lengths).max().orElseThrow()
                - Arrays.stream(lengths).sum();
    }
}
