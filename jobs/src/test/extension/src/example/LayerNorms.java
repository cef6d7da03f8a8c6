package example;

import federa.encoder.BaseModel;
import federa.peft.Method;
import federa.tensor.TensorMap;

/**
 * Trains the layer norms of the encoder, and nothing else of it.
 *
 * @param embeddings whether that of the embeddings trains too
 */
public record LayerNorms(boolean embeddings) implements Method {

    @Override
    public String name() {
        return "layer-norms";
    }

    @Override
    public TensorMap initial(BaseModel base, long seed) {
        return base.toTensors()
                .where(name -> name.contains("LayerNorm") && (embeddings || !name.startsWith("embeddings")));
    }
}
