package federa.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorTest {
    /** Half-precision bit patterns and the single-precision ones of the same numbers, worked out by hand. */
    @ParameterizedTest
    @CsvSource({
        "0000, 00000000", // 0
        "8000, 80000000", // -0
        "3c00, 3f800000", // 1
        "c000, c0000000", // -2
        "3555, 3eaaa000", // 0.33325195
        "7bff, 477fe000", // 65504, the largest
        "0400, 38800000", // 2^-14, the smallest normal
        "03ff, 387fc000", // 2^-14 - 2^-24, the largest subnormal
        "0200, 38000000", // 2^-15
        "0001, 33800000", // 2^-24, the smallest
        "8001, b3800000", // -2^-24
        "7c00, 7f800000", // infinity
        "fc00, ff800000", // -infinity
        "7e00, 7fc00000", // quiet NaN
        "fe01, ffc02000", // NaN with a payload
    })
    void halvesAreWidenedExactly(String half, String single) {
        Tensor tensor = of(ElementType.F16, Integer.parseInt(half, 16));
        assertThat(Float.floatToRawIntBits(tensor.toFloats()[0])).isEqualTo(Integer.parseUnsignedInt(single, 16));
    }

    @ParameterizedTest
    @CsvSource({"3f80, 3f800000", "bfc0, bfc00000", "0001, 00010000", "ff80, ff800000", "7fc1, 7fc10000"})
    void brainFloatsAreWidenedExactly(String half, String single) {
        Tensor tensor = of(ElementType.BF16, Integer.parseInt(half, 16));
        assertThat(Float.floatToRawIntBits(tensor.toFloats()[0])).isEqualTo(Integer.parseUnsignedInt(single, 16));
    }

    @Test
    void everyHalfHasItsValue() {
        for (int bits = 0; bits < 0x7c00; bits++) {
            double expected =
                    bits < 0x400 ? bits * 0x1p-24 : Math.scalb(1 + (bits & 0x3ff) / 1024.0, (bits >> 10) - 15);
            assertThat((double) Tensor.halfToFloat((short) bits)).isEqualTo(expected);
            assertThat((double) Tensor.halfToFloat((short) (bits | 0x8000))).isEqualTo(-expected);
        }
    }

    @Test
    void integersOfAllWidthsAreRead() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
        assertThat(new Tensor("x", ElementType.I64, new long[] {1}, bytes).toLongs())
                .containsExactly(-1);
        assertThat(new Tensor("x", ElementType.I32, new long[] {2}, bytes).toLongs())
                .containsExactly(-1, -1);
        assertThat(new Tensor("x", ElementType.I16, new long[] {2, 2}, bytes).toLongs())
                .containsOnly(-1);
        assertThat(new Tensor("x", ElementType.I8, new long[] {8}, bytes).toLongs())
                .containsOnly(-1);
        assertThat(new Tensor("x", ElementType.U8, new long[] {8}, bytes).toLongs())
                .containsOnly(255);
    }

    @Test
    void doublesAreRounded() {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, 0.1);
        assertThat(new Tensor("x", ElementType.F64, new long[] {1}, bytes).toFloats())
                .containsExactly(0.1f);
    }

    @Test
    void wrongUseIsExplained() {
        Tensor tensor = Tensor.ofLongs("position_ids", new long[] {1, 2}, 1, 2);
        assertThatThrownBy(tensor::toFloats)
                .hasMessageContaining("'position_ids' holds I64")
                .hasMessageContaining("toLongs");
        assertThatThrownBy(() -> Tensor.ofFloats("w", new float[3], 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shape [2, 2] of F32 does not match 12 bytes");
        assertThatThrownBy(() -> tensor.bytes().put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }

    private static Tensor of(ElementType type, int bits) {
        ByteBuffer bytes = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) bits);
        return new Tensor("x", type, new long[] {1}, bytes);
    }
}
