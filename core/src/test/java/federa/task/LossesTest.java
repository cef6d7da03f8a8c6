package federa.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import federa.engine.Torch;
import org.junit.jupiter.api.Test;

class LossesTest {

    @Test
    void crossEntropyEqualsTheMeanWorkedByHand() {
        try (NDManager manager = Torch.newManager(Device.cpu())) {
            NDArray logits = manager.create(new float[] {0, 0, (float) Math.log(3), 0}, new Shape(2, 2));
            double loss = Losses.crossEntropy(logits, manager.create(new long[] {1, 0}))
                    .getFloat();
            assertThat(loss).isCloseTo(-(Math.log(1 / 2.0) + Math.log(3 / 4.0)) / 2, within(1e-6));
        }
    }

    @Test
    void certaintyCostsNothingWhenRightAndStaysFiniteWhenWrong() {
        try (NDManager manager = Torch.newManager(Device.cpu())) {
            NDArray logits = manager.create(new float[] {1000, 0}, new Shape(1, 2));
            assertThat(Losses.crossEntropy(logits, manager.create(new long[] {0}))
                            .getFloat())
                    .isZero();
            assertThat(Losses.crossEntropy(logits, manager.create(new long[] {1}))
                            .getFloat())
                    .isEqualTo(1000);
        }
    }
}
