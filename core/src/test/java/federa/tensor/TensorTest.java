package federa.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TensorTest {

    private static final float[] AWKWARD = {
        0f, -0f, 1.5f, Float.MIN_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN, 0.1f
    };

    @Test
    void bytesHoldEveryBitOfEveryElement() {
        Tensor tensor = new Tensor(new long[] {2, 4}, AWKWARD);
        Tensor back = Tensor.ofBytes(new long[] {2, 4}, tensor.toBytes());
        for (int i = 0; i < AWKWARD.length; i++) {
            assertThat(Float.floatToRawIntBits(back.values()[i])).isEqualTo(Float.floatToRawIntBits(AWKWARD[i]));
        }
    }

    @Test
    void bytesAreLittleEndianWhateverTheMachine() {
        assertThat(new Tensor(new long[] {1}, new float[] {1f}).toBytes()).containsExactly(0x00, 0x00, 0x80, 0x3f);
    }

    @Test
    void aScalarHasOneElement() {
        assertThat(Tensor.size()).isEqualTo(1);
        assertThat(new Tensor(new long[0], new float[] {7}).toBytes()).hasSize(4);
    }

    @Test
    void shapeAndElementsMustAgree() {
        assertThatThrownBy(() -> new Tensor(new long[] {2, 3}, new float[5]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tensor of shape [2, 3] has 6 elements, not 5");
    }

    @Test
    void bytesOfAnotherLengthAreRefused() {
        for (int length : new int[] {0, 4, 7, 9, 12}) {
            assertThatThrownBy(() -> Tensor.ofBytes(new long[] {2}, new byte[length]))
                    .as("%d bytes", length)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[2]");
        }
    }

    @Test
    void aShapeTooLargeForAnyMachineIsAnErrorNotASmallNumber() {
        assertThatThrownBy(() -> Tensor.size(1L << 40, 1L << 40)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void oneElementThatIsNotANumberIsFound() {
        assertThat(new Tensor(new long[] {2}, new float[] {1, Float.MAX_VALUE}).isFinite())
                .isTrue();
        assertThat(new Tensor(new long[] {2}, new float[] {1, Float.NaN}).isFinite())
                .isFalse();
        assertThat(new Tensor(new long[] {2}, new float[] {Float.NEGATIVE_INFINITY, 1}).isFinite())
                .isFalse();
    }
}
