package federa.peft;

import federa.encoder.BaseModel;
import federa.tensor.TensorMap;

/**
 * BitFit: every bias of the encoder trains, those of LayerNorms included, and nothing else of it.
 *
 * @see <a href="https://arxiv.org/abs/2106.10199">BitFit</a>
 */
public record BitFit() implements Method {

    @Override
    public String name() {
        return "bitfit";
    }

    @Override
    public TensorMap initial(BaseModel base, long seed) {
        return base.toTensors().where(name -> name.endsWith(".bias"));
    }
}
