package federa.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BatchPropertiesTest {

    @Property
    void aShuffledPassSeesEveryExampleOnceInBatchesThatAreFullButForTheLastOfEachRun(
            @ForAll @Size(max = 300) List<@IntRange(min = 1, max = 9) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 20) int batchSize,
            @ForAll long seed) {
        // The target tells the examples apart.
        List<Example> examples = IntStream.range(0, lengths.size())
                .mapToObj(i -> new Example(new int[lengths.get(i)], i))
                .toList();

        List<Batch> batches = Batch.shuffled(examples, batchSize, seed);

        assertThat(batches.stream().flatMap(batch -> batch.examples().stream()))
                .extracting(example -> example.targets()[0])
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, lengths.size()).boxed().toList());
        assertThat(batches).allMatch(batch -> batch.size() >= 1 && batch.size() <= batchSize);
        assertThat(batches).hasSize((lengths.size() + batchSize - 1) / batchSize);
    }
}
