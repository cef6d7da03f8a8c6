package federa.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProductSpeedTest {

    /** Without instructions for bfloat16: four times slower. */
    private static final ProductSpeed WITHOUT = new ProductSpeed(0.001, 0.004);

    /** With them: twice as fast. */
    private static final ProductSpeed WITH = new ProductSpeed(0.001, 0.0005);

    @ParameterizedTest
    @CsvSource({
        "AUTO, FP32, BF16",
        "FP32, FP32, FP32",
        "BF16, BF16_STORAGE, BF16",
        "BF16_STORAGE, BF16_STORAGE, BF16_STORAGE"
    })
    void noChoiceComputesInBf16WhereThatIsSlower(PrecisionChoice choice, Precision without, Precision with) {
        assertThat(choice.on(WITHOUT)).isEqualTo(without);
        assertThat(choice.on(WITH)).isEqualTo(with);
    }

    @Test
    void aClusterOfTwoProcessorsIsAsFastInBf16AsTheOneThatGainsLess() {
        assertThat(ProductSpeed.slower(WITH, WITHOUT)).isEqualTo(WITHOUT);
        assertThat(ProductSpeed.slower(WITHOUT, WITH)).isEqualTo(WITHOUT);
    }

    @Test
    void aGainWithinTheNoiseIsNotWorthTheRounding() {
        assertThat(PrecisionChoice.AUTO.on(new ProductSpeed(0.00102, 0.001))).isEqualTo(Precision.FP32);
    }

    @Test
    void bothProductsAreMeasured() {
        ProductSpeed speed = ProductSpeed.measure(Device.cpu());
        assertThat(speed.fp32()).isPositive().isFinite();
        assertThat(speed.bf16()).isPositive().isFinite();
    }
}
