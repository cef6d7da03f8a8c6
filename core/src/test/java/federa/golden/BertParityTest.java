package federa.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.engine.Torch;
import org.junit.jupiter.api.Test;

class BertParityTest extends EncoderParity {

    BertParityTest() {
        super("bert");
    }

    @Test
    void theHeadsThatAPublishedModelWasPreTrainedWithAreTakenOver() {
        Golden golden = Golden.open();
        try (NDManager manager = Torch.newManager(Device.cpu());
                BaseModel classifier = BaseModel.load(manager, golden.directory("hf/bert-seqcls"));
                BaseModel published = BaseModel.load(manager, golden.directory("hf/bert-pretrained"))) {
            for (String pooler : new String[] {"bert.pooler.dense.weight", "bert.pooler.dense.bias"}) {
                assertThat(published
                                .initialHead(HeadKind.SEQUENCE, 2, 0)
                                .get(pooler)
                                .values())
                        .containsExactly(classifier
                                .initialHead(HeadKind.SEQUENCE, 2, 1)
                                .get(pooler)
                                .values());
            }
            assertThat(published.initialHead(HeadKind.VOCABULARY, 0, 0).sha256())
                    .as("nothing is drawn, whatever the seed")
                    .isEqualTo(published.initialHead(HeadKind.VOCABULARY, 0, 1).sha256());
        }
    }
}
