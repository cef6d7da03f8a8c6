package federa.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.engine.Torch;
import org.junit.jupiter.api.Test;

class RobertaParityTest extends EncoderParity {

    RobertaParityTest() {
        super("roberta", "query", "value");
    }

    @Test
    void publishedMaskedLanguageModelHoldsTheSameEncoder() {
        Golden golden = Golden.open();
        try (NDManager manager = Torch.newManager(Device.cpu());
                BaseModel classifier = BaseModel.load(manager, golden.directory("hf/roberta-seqcls"));
                BaseModel published = BaseModel.load(manager, golden.directory("hf/roberta-pretrained"))) {
            assertThat(published.toTensors().sha256())
                    .isEqualTo(classifier.toTensors().sha256());
        }
    }
}
