package federa.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import federa.random.Draw;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link UpdatePrecision} on a model of a 3 x 5 layer and a scalar, with a variate that is no part of it. */
class UpdatePrecisionTest {

    private static final TensorMap SENT =
            new TensorMap(Map.of("a", Draw.normal(0.01, 1, 3, 5), "b", Draw.normal(0.01, 2)));
    private static final TensorMap UPDATE = new TensorMap(Map.of(
            "a",
            SENT.get("a").plus(Draw.normal(1e-3, 3, 3, 5)),
            "b",
            SENT.get("b").plus(Draw.normal(1e-3, 4)),
            "variate/a",
            Draw.normal(1, 5, 3, 5)));

    @Test
    void float32LeavesAllBitsAsTheyAre() {
        assertThat(UpdatePrecision.FLOAT32.received(SENT, UPDATE, 1).identity()).isEqualTo(UPDATE.identity());
    }

    @ParameterizedTest
    @EnumSource
    void roundingIsAFunctionOfItsSeedAndLeavesWhatIsNoChangeAsItIs(UpdatePrecision precision) {
        TensorMap received = precision.received(SENT, UPDATE, 1);
        assertThat(precision.received(SENT, UPDATE, 1).identity()).isEqualTo(received.identity());
        assertThat(received.get("variate/a").values())
                .isEqualTo(UPDATE.get("variate/a").values());
        UPDATE.requireSameShapes(received, "what is received");
        assertThat(precision.received(SENT, SENT, 1).identity()).as("no change").isEqualTo(SENT.identity());
        if (precision != UpdatePrecision.FLOAT32) {
            assertThat(received.identity()).isNotEqualTo(UPDATE.identity());
            assertThat(precision.received(SENT, UPDATE, 2).identity()).isNotEqualTo(received.identity());
        }
    }

    @Test
    void bytesAreThoseOfTheNumbersAndOfAUnitForEachTensor() {
        long variate = 15 * 4;
        assertThat(UpdatePrecision.FLOAT32.bytes(SENT, UPDATE)).isEqualTo(16 * 4 + variate);
        assertThat(UpdatePrecision.BF16.bytes(SENT, UPDATE)).isEqualTo(16 * 2 + variate);
        assertThat(UpdatePrecision.INT8.bytes(SENT, UPDATE)).isEqualTo(16 + 2 * 4 + variate);
    }

    /** The mean of 20,000 draws is within 6 of its standard deviations, each of at most half a step. */
    @ParameterizedTest
    @EnumSource
    void theMeanErrorIsNoneForEachElement(UpdatePrecision precision) {
        TensorMap zero = new TensorMap(Map.of("a", Draw.zeros(3, 5)));
        float[] change = Draw.normal(1, 6, 3, 5).values();
        change[0] = 1e-6f; // far below a step of int8
        change[1] = 0;
        TensorMap update = new TensorMap(Map.of("a", new Tensor(new long[] {3, 5}, change)));
        double largest = 0;
        for (float value : change) {
            largest = Math.max(largest, Math.abs(value));
        }
        int draws = 20_000;
        double[] sum = new double[15];
        for (int draw = 0; draw < draws; draw++) {
            float[] received = precision.received(zero, update, draw).get("a").values();
            for (int i = 0; i < 15; i++) {
                sum[i] += received[i];
                assertThat((double) Math.abs(received[i] - change[i]))
                        .isLessThanOrEqualTo(step(precision, change[i], largest));
            }
        }
        for (int i = 0; i < 15; i++) {
            double allowed = 6 * step(precision, change[i], largest) / 2 / Math.sqrt(draws) + 1e-12;
            assertThat(sum[i] / draws).as("element %d", i).isCloseTo(change[i], within(allowed));
        }
    }

    private static double step(UpdatePrecision precision, float value, double largest) {
        return switch (precision) {
            case FLOAT32 -> 0;
            case BF16 -> Math.abs(value) / 128;
            case INT8 -> 1.000001 * largest / 127;
        };
    }

    @Test
    void numbersThatArriveAreThoseOfTheirPrecision() {
        TensorMap zero = new TensorMap(Map.of("a", Draw.zeros(3, 5)));
        TensorMap update = new TensorMap(Map.of("a", Draw.normal(1, 6, 3, 5)));
        for (float value :
                UpdatePrecision.BF16.received(zero, update, 1).get("a").values()) {
            assertThat(Float.floatToRawIntBits(value) & 0xFFFF).isZero();
        }
        float[] change = update.get("a").values();
        double unit = 0;
        for (float value : change) {
            unit = Math.max(unit, Math.abs(value) / 127);
        }
        for (float value :
                UpdatePrecision.INT8.received(zero, update, 1).get("a").values()) {
            assertThat(value / unit)
                    .isCloseTo(Math.rint(value / unit), within(1e-4))
                    .isBetween(-127.001, 127.001);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSmallestAndLargestNumbersStayNumbers(UpdatePrecision precision) {
        TensorMap zero = new TensorMap(Map.of("a", Draw.zeros(4)));
        float[] extremes = {Float.MIN_VALUE, -Float.MIN_VALUE, 1e38f, -1e38f};
        assertThat(precision
                        .received(zero, new TensorMap(Map.of("a", new Tensor(new long[] {4}, extremes))), 1)
                        .get("a")
                        .isFinite())
                .isTrue();
        float[] tiny = {Float.MIN_VALUE, 0, -Float.MIN_VALUE, 0};
        assertThat(precision
                        .received(zero, new TensorMap(Map.of("a", new Tensor(new long[] {4}, tiny))), 1)
                        .get("a")
                        .isFinite())
                .isTrue();
    }
}
