package federa.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import federa.federated.ServerOptimizer.Step;
import federa.peft.BitFit;
import federa.random.Draw;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.Plain;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Server optimizers against hand-worked numbers and the recurrences of their papers. */
class ServerOptimizerTest {

    private static final Offset<Double> FLOAT = within(1e-6);

    static final List<ServerOptimizer> ALL =
            List.of(new FedAvg(), new FedAvgM(), new FedAdagrad(), new FedAdam(), new FedYogi());

    /** x = 1 and the clients' mean is 3, then 2: changes of 2 and of what is left. */
    @Test
    void fedAvgMGoesOnWithNineTenthsOfItsLastStep() {
        FedAvgM optimizer = new FedAvgM();
        Step one = optimizer.step(x(1), x(3), optimizer.init(x(1)), 1);
        assertThat(value(one)).isEqualTo(3);
        Step two = optimizer.step(one.trainable(), x(2), one.memory(), 2);
        assertThat(value(two)).isCloseTo(3 + 0.9 * 2 + (2 - 3), FLOAT); // 3.8
    }

    @Test
    void fedAdagradDividesByTheRootOfAllSquares() {
        FedAdagrad optimizer = new FedAdagrad();
        Step one = optimizer.step(x(1), x(3), optimizer.init(x(1)), 1);
        assertThat(value(one)).isCloseTo(1 + 0.1 * 2 / (2 + 1e-3), FLOAT);
        double change = 4 - value(one);
        Step two = optimizer.step(one.trainable(), x(4), one.memory(), 2);
        assertThat(value(two))
                .isCloseTo(value(one) + 0.1 * change / (Math.sqrt(4 + change * change) + 1e-3), FLOAT);
    }

    @Test
    void fedAdamAveragesChangesAndTheirSquares() {
        FedAdam optimizer = new FedAdam();
        Step one = optimizer.step(x(1), x(3), optimizer.init(x(1)), 1);
        // m = 0.1 * 2, v = 0.01 * 4
        assertThat(value(one)).isCloseTo(1 + 0.1 * 0.2 / (0.2 + 1e-3), FLOAT);
        double change = 4 - value(one);
        double m = 0.9 * 0.2 + 0.1 * change;
        double v = 0.99 * 0.04 + 0.01 * change * change;
        Step two = optimizer.step(one.trainable(), x(4), one.memory(), 2);
        assertThat(value(two)).isCloseTo(value(one) + 0.1 * m / (Math.sqrt(v) + 1e-3), FLOAT);
    }

    @Test
    void fedYogisSecondMomentMovesByTheSquareItselfHoweverFarItIs() {
        FedYogi optimizer = new FedYogi();
        Step one = optimizer.step(x(1), x(3), optimizer.init(x(1)), 1);
        assertThat(value(one)).isCloseTo(1 + 0.1 * 0.2 / (0.2 + 1e-3), FLOAT); // v = 0 + 0.01 * 4
        double change = 0.01;
        Step two = optimizer.step(one.trainable(), x((float) (value(one) + change)), one.memory(), 2);
        double m = 0.9 * 0.2 + 0.1 * change;
        double v = 0.04 - 0.01 * change * change; // FedAdam's would shrink to 0.99 of it
        assertThat(value(two)).isCloseTo(value(one) + 0.1 * m / (Math.sqrt(v) + 1e-3), within(1e-5));
    }

    /** Flower multiplies eta by sqrt(1 - beta2^t) / (1 - beta1^t), t from 1. */
    @Test
    void fedAdamIsFlowersButForTheCorrectionOfItsBias() {
        TensorMap x = tensor(1);
        TensorMap mean = tensor(2);
        double[] m = new double[15];
        double[] v = new double[15];
        FedAdam first = new FedAdam();
        TensorMap memory = first.init(x);
        for (int t = 1; t <= 5; t++) {
            double eta = 0.1 * Math.sqrt(1 - Math.pow(0.99, t)) / (1 - Math.pow(0.9, t));
            Step step = new FedAdam(eta, 0.9, 0.99, 1e-3).step(x, mean, memory, t);
            for (int i = 0; i < 15; i++) {
                double before = x.get("a").values()[i];
                double change = mean.get("a").values()[i] - before;
                m[i] = 0.9 * m[i] + 0.1 * change;
                v[i] = 0.99 * v[i] + 0.01 * change * change;
                assertThat((double) step.trainable().get("a").values()[i])
                        .isCloseTo(before + eta * m[i] / (Math.sqrt(v[i]) + 1e-3), within(1e-5));
            }
            x = step.trainable();
            memory = step.memory();
        }
    }

    @Test
    void fedAdamWithoutMomentumAndWithALargeTauIsFedAvg() {
        TensorMap x = tensor(3);
        TensorMap mean = tensor(4);
        FedAdam optimizer = new FedAdam(1e6, 0, 0, 1e6);

        TensorMap next = optimizer.step(x, mean, optimizer.init(x), 1).trainable();

        for (int i = 0; i < 15; i++) {
            assertThat(next.get("a").values()[i]).isCloseTo(mean.get("a").values()[i], within(1e-5f));
        }
    }

    @Test
    void fedAvgIsTheMeanToTheBit() {
        TensorMap x = new TensorMap(Map.of("a", new Tensor(new long[] {2}, new float[] {1e8f, -1})));
        TensorMap mean = new TensorMap(Map.of("a", new Tensor(new long[] {2}, new float[] {0.1f, 1f / 3})));

        assertThat(new FedAvg().step(x, mean, TensorMap.empty(), 1).trainable().sha256()).isEqualTo(mean.sha256());
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void whereNothingChangesNothingMovesAndTheStateGoesOnFromItsTensorsAlone(ServerOptimizer optimizer) {
        FederatedAlgorithm algorithm = optimizer.algorithm(new BitFit(), new Plain(), new Mean());
        ServerState state = algorithm.init(tensor(5));
        assertThat(algorithm.apply(state, new Aggregate(tensor(5), List.of()), 1).trainable().sha256())
                .isEqualTo(tensor(5).sha256());

        ServerState whole = algorithm.apply(state, new Aggregate(tensor(6), List.of()), 1);
        ServerState stored = ServerState.of(whole.parts());
        assertThat(algorithm.apply(stored, new Aggregate(tensor(7), List.of()), 2).sha256())
                .isEqualTo(algorithm.apply(whole, new Aggregate(tensor(7), List.of()), 2).sha256());
        assertThat(whole.parts().values()).allSatisfy(part -> assertThat(part.asMap().values())
                .allMatch(Tensor::isFinite));
    }

    @Test
    void anAggregateOfOtherTensorsIsRefused() {
        FederatedAlgorithm algorithm = new FedAvg().algorithm(new BitFit(), new Plain(), new Mean());

        assertThatThrownBy(() -> algorithm.apply(
                        algorithm.init(tensor(1)),
                        new Aggregate(new TensorMap(Map.of("a", Draw.zeros(5, 3))), List.of()),
                        4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the aggregate of round 4 has the tensor a with shape [5, 3], expected [3, 5]");
    }

    @Test
    void settingsOutOfRangeAreNamedWithTheirKey() {
        refused("federation.strategy.learning-rate must be above 0, got 0.0", () -> new FedAdam(0, 0, 0, 1));
        refused("federation.strategy.beta1 must be 0 to below 1, got 1.0", () -> new FedYogi(1, 1, 0, 1));
        refused("federation.strategy.beta2 must be 0 to below 1, got NaN", () -> new FedAdam(1, 0, Double.NaN, 1));
        refused("federation.strategy.tau must be above 0, got -1.0", () -> new FedAdagrad(1, 0, -1));
        refused("federation.strategy.beta must be 0 to below 1, got -0.5", () -> new FedAvgM(1, -0.5));
    }

    private static void refused(String message, ThrowingCallable settings) {
        assertThatThrownBy(settings).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    private static TensorMap x(float value) {
        return new TensorMap(Map.of("a", new Tensor(new long[] {1}, new float[] {value})));
    }

    private static TensorMap tensor(long seed) {
        return new TensorMap(Map.of("a", Draw.normal(1, seed, 3, 5)));
    }

    private static double value(Step step) {
        return step.trainable().get("a").values()[0];
    }
}
