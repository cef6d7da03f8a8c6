package federa.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TensorMapTest {

    private static final Tensor A = new Tensor(new long[] {2, 2}, new float[] {1, -2.5f, 0.1f, 3e38f});
    private static final Tensor B = new Tensor(new long[] {2}, new float[] {0, -0f});

    /** SHA-256 of struct.pack('<6f', 1, -2.5, 0.1, 3e38, 0, -0.0), by Python. */
    private static final String SHA256_OF_A_AND_B = "b594064be7a548fb3a2a1c78c98502080898c108d9189b77813295d917ca3238";

    @Test
    void theHashIsOverLittleEndianBytesInNameOrder() {
        Map<String, Tensor> backwards = new LinkedHashMap<>();
        backwards.put("b", B);
        backwards.put("a", A);
        assertThat(new TensorMap(backwards).sha256()).isEqualTo(SHA256_OF_A_AND_B);
        assertThat(new TensorMap(Map.of("x", B, "y", A)).sha256()).isNotEqualTo(SHA256_OF_A_AND_B);
    }

    @Test
    void theHashOfOneTensorIsOverItsBytes() {
        assertThat(TensorMap.sha256(A)).isEqualTo("3cdad48cd462c34e644259cb9bf40e278612bfb0c3f2d17967d4b33ce85505c0");
        assertThat(TensorMap.empty().sha256())
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void aTensorLongerThanTheBufferIsHashedWhole() {
        float[] values = new float[40_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Tensor large = new Tensor(new long[] {200, 200}, values);
        assertThat(TensorMap.sha256(large))
                .isEqualTo("0e33879ea8a9cfa430cc6e48eb782b21961203e6d56ff273c87f60a4e89d570c");
    }

    @Test
    void namesComeInOrderAndTheMapIsClosed() {
        TensorMap map = new TensorMap(Map.of("z", A, "a", B, "m", A));
        assertThat(map.asMap().keySet()).containsExactly("a", "m", "z");
        assertThatThrownBy(() -> map.asMap().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(map.parameters()).isEqualTo(10);
        assertThat(map.bytes()).isEqualTo(40);
    }

    @Test
    void whatIsPutInAfterwardsDoesNotChangeIt() {
        Map<String, Tensor> source = new LinkedHashMap<>(Map.of("a", A));
        TensorMap map = new TensorMap(source);
        source.put("b", B);
        assertThat(map.asMap()).containsOnlyKeys("a");
    }

    @Test
    void withTakesTheOthersTensorOfAnEqualName() {
        TensorMap both = new TensorMap(Map.of("a", A, "b", A)).with(new TensorMap(Map.of("b", B, "c", B)));
        assertThat(both.asMap()).containsOnlyKeys("a", "b", "c");
        assertThat(both.get("b")).isSameAs(B);
    }

    @Test
    void whereKeepsWhatPassesAndLeavesTheRestAlone() {
        TensorMap map = new TensorMap(Map.of("a", A, "b", B));
        assertThat(map.where(name -> name.equals("b")).asMap()).containsOnlyKeys("b");
        assertThat(map.asMap()).containsOnlyKeys("a", "b");
    }

    @Test
    void aMissingTensorIsNamed() {
        assertThatThrownBy(() -> TensorMap.empty().get("head.weight"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no tensor head.weight");
    }

    @Test
    void differencesInNamesAndShapesAreToldApart() {
        TensorMap map = new TensorMap(Map.of("a", A, "b", B));
        map.requireSameShapes(new TensorMap(Map.of("a", A, "b", B)), "the same");
        assertThatThrownBy(() -> map.requireSameShapes(new TensorMap(Map.of("a", A)), "client 3"))
                .hasMessage("client 3 lacks the tensor b");
        assertThatThrownBy(() -> map.requireSameShapes(new TensorMap(Map.of("a", A, "b", B, "c", B)), "client 3"))
                .hasMessage("client 3 has an unexpected tensor c");
        Tensor flat = new Tensor(new long[] {4}, A.values());
        assertThatThrownBy(() -> map.requireSameShapes(new TensorMap(Map.of("a", flat, "b", B)), "client 3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("client 3 has the tensor a with shape [4], expected [2, 2]");
    }

    @Test
    void javaSerialisationKeepsNamesShapesAndBits() throws Exception {
        TensorMap map = new TensorMap(Map.of("a", A, "b", B));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(map);
        }
        TensorMap back;
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            back = (TensorMap) in.readObject();
        }
        map.requireSameShapes(back, "the copy");
        assertThat(back.sha256()).isEqualTo(SHA256_OF_A_AND_B);
    }
}
