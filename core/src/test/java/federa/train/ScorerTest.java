package federa.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.Tiny;
import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.engine.GradMode;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.peft.FrozenBase;
import federa.peft.FullFineTuning;
import federa.task.Batch;
import federa.task.Example;
import federa.task.TextClassification;
import federa.tensor.TensorMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ScorerTest {

    private static final double FP32 = 1e-5;
    private static final List<Example> EXAMPLES = Tiny.examples(37, 1);

    private static NDManager manager;
    private static FrozenBase frozen;
    private static ClientModel model;
    private static Scorer scorer;

    @BeforeAll
    static void build() {
        Torch.threads(1);
        manager = Torch.newManager(Device.cpu());
        BaseModel base = BaseModel.random(manager, Tiny.config(0.5), 1);
        frozen = new FrozenBase(base, new FullFineTuning(), TensorMap.empty(), Precision.FP32);
        model = new ClientModel(frozen, Tiny.global(base, new FullFineTuning()), HeadKind.SEQUENCE, Tiny.LABELS, 1);
        scorer = new Scorer(model, new TextClassification());
    }

    @AfterAll
    static void close() {
        model.close();
        frozen.close();
        manager.close();
    }

    @Test
    void probabilitiesComeInTheOrderGivenWhateverTheLengths() {
        List<Integer> order = new ArrayList<>(
                java.util.stream.IntStream.range(0, EXAMPLES.size()).boxed().toList());
        Collections.shuffle(order, new Random(1));
        List<float[]> straight = scorer.outputs(EXAMPLES, 8);
        List<float[]> shuffled =
                scorer.outputs(order.stream().map(EXAMPLES::get).toList(), 8);
        for (int i = 0; i < order.size(); i++) {
            assertThat(Tiny.farthest(shuffled.get(i), straight.get(order.get(i))))
                    .isLessThan(FP32);
        }
        assertThat(Tiny.farthest(straight.get(0), straight.get(1))).isGreaterThan(10 * FP32); // else order says nothing
    }

    @Test
    void theBatchSizeDoesNotChangeTheResult() {
        List<float[]> alone = scorer.outputs(EXAMPLES, 1);
        for (int batchSize : new int[] {2, 5, 37, 100}) {
            List<float[]> together = scorer.outputs(EXAMPLES, batchSize);
            assertThat(together).hasSize(EXAMPLES.size());
            for (int i = 0; i < EXAMPLES.size(); i++) {
                assertThat(Tiny.farthest(together.get(i), alone.get(i))).isLessThan(FP32);
            }
        }
    }

    @Test
    void paddingDoesNotChangeTheResult() {
        Example text = EXAMPLES.get(0);
        Example longest = new Example(new Random(2).ints(38, 3, 50).toArray(), 0);
        try (GradMode off = GradMode.off();
                NDManager scope = manager.newSubManager()) {
            NDArray alone = model.encoder().logits(new Batch(List.of(text)).input(scope), false);
            NDArray padded = model.encoder().logits(new Batch(List.of(text, longest)).input(scope), false);
            assertThat(Tiny.farthest(alone.toFloatArray(), padded.get("0").toFloatArray()))
                    .isLessThan(FP32);
        }
    }

    @Test
    void probabilitiesOfATextSumToOne() {
        for (float[] probabilities : scorer.outputs(EXAMPLES, 8)) {
            assertThat(probabilities).hasSize(Tiny.LABELS);
            float sum = 0;
            for (float probability : probabilities) {
                assertThat(probability).isBetween(0f, 1f);
                sum += probability;
            }
            assertThat(sum).isBetween(1 - 1e-5f, 1 + 1e-5f);
        }
    }

    @Test
    void noTextsHaveNoProbabilities() {
        assertThat(scorer.outputs(List.of(), 8)).isEmpty();
    }

    @Test
    void scoringLeavesNoArraysBehind() {
        int before = manager.getManagedArrays().size();
        for (int i = 0; i < 20; i++) {
            scorer.outputs(EXAMPLES, 8);
        }
        assertThat(manager.getManagedArrays().size()).isEqualTo(before);
    }
}
