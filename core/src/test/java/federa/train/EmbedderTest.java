package federa.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.Tiny;
import federa.encoder.BaseModel;
import federa.engine.Torch;
import federa.task.Example;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an embedding is, is checked against the reference's hidden states in {@code federa.golden}. */
class EmbedderTest {

    private static final double FP32 = 1e-5;
    private static final List<Example> TEXTS = Tiny.examples(37, 1);

    @AutoClose
    private static final NDManager manager = Torch.newManager(Device.cpu());

    private static Embedder embedder;

    @BeforeAll
    static void build() {
        Torch.threads(1);
        embedder = new Embedder(BaseModel.random(manager, Tiny.config(0.5), 1));
    }

    @Test
    void vectorsComeInTheOrderGivenWhateverTheLengths() {
        List<Example> reversed = new ArrayList<>(TEXTS);
        Collections.reverse(reversed);
        List<float[]> straight = embedder.embed(TEXTS, 8);
        List<float[]> backwards = new ArrayList<>(embedder.embed(reversed, 8));
        Collections.reverse(backwards);

        assertThat(straight).hasSize(37).allSatisfy(vector -> assertThat(vector).hasSize(16));
        for (int i = 0; i < TEXTS.size(); i++) {
            assertThat(Tiny.farthest(backwards.get(i), straight.get(i))).isLessThan(FP32);
        }
        assertThat(Tiny.farthest(straight.get(0), straight.get(1))).isGreaterThan(10 * FP32); // else order says nothing
    }

    @Test
    void neitherBatchSizeNorPaddingNorDropoutChangesAVector() {
        List<float[]> alone = embedder.embed(TEXTS, 1);
        for (int batchSize : new int[] {2, 5, 37, 100}) {
            List<float[]> together = embedder.embed(TEXTS, batchSize);
            for (int i = 0; i < TEXTS.size(); i++) {
                assertThat(Tiny.farthest(together.get(i), alone.get(i))).isLessThan(FP32);
            }
        }
    }

    @Test
    void noTextsHaveNoVectors() {
        assertThat(embedder.embed(List.of(), 8)).isEmpty();
    }

    @Test
    void embeddingLeavesNoArraysBehind() {
        int before = manager.getManagedArrays().size();
        for (int i = 0; i < 20; i++) {
            embedder.embed(TEXTS, 8);
        }
        assertThat(manager.getManagedArrays().size()).isEqualTo(before);
    }
}
