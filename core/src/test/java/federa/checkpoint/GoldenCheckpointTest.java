package federa.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class GoldenCheckpointTest {
    @Test
    void allFormatsGiveTheSameEncoder() {
        for (Path other : List.of(Golden.QA, Golden.ZIP, Golden.LEGACY)) {
            try (Checkpoint expected = Checkpoint.open(Golden.SAFETENSORS);
                    Checkpoint actual = Checkpoint.open(other)) {
                List<String> encoder = expected.names().stream()
                        .filter(name -> name.startsWith("roberta."))
                        .toList();
                assertThat(encoder).hasSizeGreaterThan(50);
                assertThat(actual.names()).containsAll(encoder);
                for (String name : encoder) {
                    Tensor left = expected.tensor(name);
                    Tensor right = actual.tensor(name);
                    assertThat(right.shape()).as(name).isEqualTo(left.shape());
                    assertThat(right.type()).as(name).isEqualTo(ElementType.F32);
                    assertThat(right.toFloats()).as(name).isEqualTo(left.toFloats());
                }
            }
        }
    }

    @Test
    void legacyFileHasItsIntegerBuffer() {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.LEGACY)) {
            Tensor positions = checkpoint.tensor("roberta.embeddings.position_ids");
            assertThat(positions.type()).isEqualTo(ElementType.I64);
            assertThat(positions.toLongs())
                    .isEqualTo(LongStream.range(0, positions.elements()).toArray());
        }
    }

    @Test
    void tiedTensorsAreEqual() {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.LEGACY)) {
            assertThat(checkpoint.tensor("lm_head.decoder.weight").toFloats())
                    .isEqualTo(checkpoint
                            .tensor("roberta.embeddings.word_embeddings.weight")
                            .toFloats());
            assertThat(checkpoint.tensor("lm_head.decoder.bias").toFloats())
                    .isEqualTo(checkpoint.tensor("lm_head.bias").toFloats());
        }
    }

    @Test
    void tensorsOutliveTheirCheckpoint() {
        Tensor tensor;
        try (Checkpoint checkpoint = Checkpoint.open(Golden.ZIP)) {
            tensor = checkpoint.tensor("classifier.bias");
        }
        assertThat(tensor.toFloats()).hasSize(7);
    }

    @Test
    void missingTensorIsNamedWithSimilarOnes() {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.SAFETENSORS)) {
            assertThatThrownBy(() -> checkpoint.tensor("encoder.layer.1.attention.self.query.weight"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(
                            "model.safetensors: has no tensor 'encoder.layer.1.attention.self.query.weight'")
                    .hasMessageContaining("'roberta.encoder.layer.1.attention.self.query.weight'");
        }
    }

    @Test
    void directoryIsOpenedByItsWeights() {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.ZIP.getParent())) {
            assertThat(checkpoint.file()).isEqualTo(Golden.ZIP);
        }
        assertThatThrownBy(() -> Checkpoint.open(Golden.ZIP.getParent().getParent()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("holds neither model.safetensors nor pytorch_model.bin");
    }
}
