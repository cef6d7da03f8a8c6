package federa.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import federa.engine.Torch;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class OptimizerTest {

    private static final List<OptimizerConfig> ALL = List.of(
            new OptimizerConfig.AdamW(0.9, 0.999, 1e-8, 0.01),
            OptimizerConfig.AdamW.standard(),
            new OptimizerConfig.Sgd(0.9, 0.01),
            new OptimizerConfig.Sgd(0, 0));

    @AutoClose
    private final NDManager manager = Torch.newManager(Device.cpu());

    @Test
    void anOptimizerRestoredFromBytesGoesOnBitByBit() {
        for (OptimizerConfig config : ALL) {
            float[] uninterrupted = weights(config.create(manager), null);
            float[] restarted = weights(config.create(manager), config);
            assertThat(restarted).as(config.toString()).containsExactly(uninterrupted);
        }
    }

    @Test
    void theFirstStepOfAdamWHasTheLengthOfTheLearningRate() {
        SortedMap<String, NDArray> weight = vector(1, 2, 3);
        OptimizerConfig.AdamW.standard().create(manager).step(weight, vector(1e-3f, -50, 7), 0.1);
        assertThat(weight.get("w").toFloatArray())
                .usingComparatorWithPrecision(1e-4f)
                .containsExactly(0.9f, 2.1f, 2.9f); // m / sqrt(v) is the sign of the gradient
    }

    @Test
    void decayOfAdamWPullsTowardsZeroApartFromTheGradient() {
        SortedMap<String, NDArray> weight = vector(1, 2, 3);
        new OptimizerConfig.AdamW(0.9, 0.999, 1e-8, 0.5).create(manager).step(weight, vector(0, 0, 0), 0.1);
        assertThat(weight.get("w").toFloatArray())
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(0.95f, 1.9f, 2.85f);
    }

    @Test
    void momentumOfSgdAddsUpAsWorkedByHand() {
        SortedMap<String, NDArray> weight = vector(1, 1, 1);
        Optimizer sgd = new OptimizerConfig.Sgd(0.5, 0).create(manager);
        sgd.step(weight, vector(1, 2, 0), 0.1); // v = 1, 2, 0
        sgd.step(weight, vector(1, 0, 4), 0.1); // v = 1.5, 1, 4
        assertThat(weight.get("w").toFloatArray())
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(0.75f, 0.7f, 0.6f);
    }

    @Test
    void gradientsAreLeftAsTheyAre() {
        for (OptimizerConfig config : ALL) {
            SortedMap<String, NDArray> gradient = vector(1, -2, 3);
            config.create(manager).step(vector(1, 1, 1), gradient, 0.1);
            assertThat(gradient.get("w").toFloatArray()).as(config.toString()).containsExactly(1, -2, 3);
        }
    }

    @Test
    void stepsAfterTheFirstLeaveNoArraysBehind() {
        for (OptimizerConfig config : ALL) {
            try (NDManager own = manager.newSubManager()) {
                Optimizer optimizer = config.create(own);
                SortedMap<String, NDArray> weight = new TreeMap<>(Map.of("w", own.ones(new Shape(3))));
                int after = 0;
                for (int step = 0; step < 20; step++) {
                    try (NDManager scope = own.newSubManager()) {
                        SortedMap<String, NDArray> gradient = new TreeMap<>(Map.of("w", scope.ones(new Shape(3))));
                        optimizer.step(weight, gradient, 0.1);
                    }
                    after = step == 0 ? own.getManagedArrays().size() : after;
                }
                assertThat(own.getManagedArrays().size()).as(config.toString()).isEqualTo(after);
            }
        }
    }

    /** Ten steps; with a config given, the optimizer is made anew from its state's bytes after each. */
    private float[] weights(Optimizer first, OptimizerConfig restart) {
        Optimizer optimizer = first;
        SortedMap<String, NDArray> weight = vector(0.1f, -0.2f, 0.3f);
        for (int step = 0; step < 10; step++) {
            optimizer.step(weight, vector((float) Math.sin(step), 0.1f, -step), 0.01);
            if (restart != null) {
                TensorMap state = throughBytes(optimizer.state());
                optimizer = restart.create(manager);
                optimizer.restore(state);
            }
        }
        return weight.get("w").toFloatArray();
    }

    private static TensorMap throughBytes(TensorMap state) {
        Map<String, Tensor> copy = new TreeMap<>();
        state.asMap().forEach((name, tensor) -> copy.put(name, Tensor.ofBytes(tensor.shape(), tensor.toBytes())));
        return new TensorMap(copy);
    }

    private SortedMap<String, NDArray> vector(float... values) {
        return new TreeMap<>(Map.of("w", manager.create(values)));
    }
}
