package federa.federated;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.TrainingException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientRoundTest {

    private static final TensorMap GLOBAL = tensors(new long[] {2, 1}, 1, 2);

    @Test
    void anUpdateOfTheSameShapesIsUsable() {
        assertThatNoException()
                .isThrownBy(() -> ClientRound.requireUsable(tensors(new long[] {2, 1}, 3, 4), GLOBAL, 5));
    }

    @Test
    void anUpdateOfAnotherShapeIsRefused() {
        assertThatThrownBy(() -> ClientRound.requireUsable(tensors(new long[] {1, 2}, 3, 4), GLOBAL, 5))
                .isInstanceOf(TrainingException.class)
                .hasMessage("the update of client 5 has the tensor a with shape [1, 2], expected [2, 1]");
        assertThatThrownBy(() -> ClientRound.requireUsable(TensorMap.empty(), GLOBAL, 5))
                .isInstanceOf(TrainingException.class)
                .hasMessage("the update of client 5 lacks the tensor a");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void anUpdateThatIsNotFiniteIsRefused(float value) {
        assertThatThrownBy(() -> ClientRound.requireUsable(tensors(new long[] {2, 1}, 1, value), GLOBAL, 5))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith("the update's tensor a is not finite");
    }

    private static TensorMap tensors(long[] shape, float... values) {
        return new TensorMap(Map.of("a", new Tensor(shape, values)));
    }
}
