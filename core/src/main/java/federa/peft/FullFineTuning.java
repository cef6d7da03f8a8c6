package federa.peft;

import federa.encoder.BaseModel;
import federa.tensor.TensorMap;

/** Every tensor of the encoder trains: the baseline that adapters are compared with. */
public record FullFineTuning() implements Method {

    @Override
    public String name() {
        return "full";
    }

    @Override
    public TensorMap initial(BaseModel base, long seed) {
        return base.toTensors();
    }
}
