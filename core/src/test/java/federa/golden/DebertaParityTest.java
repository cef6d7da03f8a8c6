package federa.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.encoder.Encoder;
import federa.encoder.RelativePositions;
import federa.engine.GradMode;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.peft.FrozenBase;
import federa.peft.FullFineTuning;
import federa.tensor.TensorMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DebertaParityTest extends EncoderParity {

    private static final Pattern TABLE = Pattern.compile("b(\\d+)_m(\\d+)\\.row");

    DebertaParityTest() {
        super("deberta");
    }

    @Test
    void relativePositionsHaveTheRowsOfTheReference() {
        Golden golden = Golden.open();
        golden.directory("deberta/buckets");
        for (String name : golden.names("deberta/buckets/")) {
            Matcher table = TABLE.matcher(name);
            assertThat(table.matches()).as(name).isTrue();
            RelativePositions positions =
                    new RelativePositions(Integer.parseInt(table.group(1)), Integer.parseInt(table.group(2)));
            double[] rows = golden.values("deberta/buckets/" + name);
            for (int i = 0; i < rows.length; i++) {
                assertThat(positions.row(i - rows.length / 2))
                        .as("%s[%d]", name, i)
                        .isEqualTo((int) rows[i]);
            }
        }
    }

    @Test
    void publishedHalfPrecisionCheckpointGivesTheHiddenStatesOfTheReference() {
        Golden golden = Golden.open();
        golden.directory("deberta/pretrained");
        try (NDManager manager = Torch.newManager(Device.cpu());
                BaseModel base = BaseModel.load(manager, golden.directory("hf/deberta-pretrained"));
                FrozenBase frozen = new FrozenBase(base, new FullFineTuning(), TensorMap.empty(), Precision.FP32);
                GradMode off = GradMode.off()) {
            Encoder encoder = base.config().family().encoder(new FrozenWiring(frozen), base.config());
            for (String name : golden.names("deberta/pretrained/")) {
                NDArray hidden = encoder.apply(golden.batch("deberta/seqcls").input(manager), false);
                golden.assertCloseWhere(
                        "deberta/pretrained/" + name,
                        hidden.toFloatArray(),
                        golden.rows("deberta/seqcls/attention_mask"));
            }
        }
    }
}
