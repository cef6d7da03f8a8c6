package federa.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TorchTest {

    @Test
    void gradientThroughAConstantSurvivesGarbageCollection() {
        try (NDManager manager = Torch.newManager(Device.cpu());
                GradMode on = GradMode.on()) {
            NDArray x = manager.ones(new Shape(3));
            x.setRequiresGradient(true);
            for (int i = 0; i < 50; i++) {
                NDArray y = Torch.scale(x, 2).sum();
                System.gc();
                byte[][] reuse = new byte[64][1 << 12];
                assertThat(reuse).isNotEmpty();
                Torch.backward(y);
                assertThat(x.getGradient().toFloatArray()).containsOnly(2);
                Torch.zeroGradient(x);
            }
        }
    }

    @Test
    void gradModeIsRestoredOnClose() {
        try (GradMode off = GradMode.off()) {
            try (GradMode on = GradMode.on()) {
                assertThat(Torch.recordsGradients()).isTrue();
            }
            assertThat(Torch.recordsGradients()).isFalse();
        }
    }

    @Test
    void dropoutIsAFunctionOfItsSeedWhateverOtherThreadsDo() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            Callable<float[]> draw = () -> {
                try (NDManager manager = Torch.newManager(Device.cpu())) {
                    NDArray x = manager.ones(new Shape(1000));
                    return SeededDropout.apply(x, 0.3, 42).toFloatArray();
                }
            };
            float[] expected = draw.call();
            assertThat(zeros(expected)).isBetween(200L, 400L);
            for (var got : pool.invokeAll(java.util.Collections.nCopies(200, draw))) {
                assertThat(got.get()).containsExactly(expected);
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void dropoutMeetsItsRateAndKeepsTheMeanForAnyNumberOfElements() {
        try (NDManager manager = Torch.newManager(Device.cpu())) {
            for (int size : new int[] {1, 2, 3, 5, 7, 200_003}) {
                float[] dropped = SeededDropout.apply(manager.ones(new Shape(size)), 0.1, size)
                        .toFloatArray();
                assertThat(dropped).hasSize(size);
                for (float value : dropped) {
                    assertThat(value).isIn(0f, 1 / 0.9f);
                }
                if (size > 1000) {
                    assertThat((double) zeros(dropped) / size).isCloseTo(0.1, within(0.003));
                }
            }
        }
    }

    @Test
    void diagonalsStartOnePlaceFurtherToTheLeftInEachRow() {
        try (NDManager manager = Torch.newManager(Device.cpu())) {
            NDArray x = manager.arange(10f).reshape(1, 1, 2, 5);
            assertThat(Kernels.diagonals(x).toFloatArray()).containsExactly(2, 3, 4, 6, 7, 8);
        }
    }

    private static long zeros(float[] values) {
        return IntStream.range(0, values.length).filter(i -> values[i] == 0).count();
    }
}
