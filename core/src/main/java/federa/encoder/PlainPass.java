package federa.encoder;

import ai.djl.ndarray.NDArray;
import federa.engine.Torch;
import java.util.function.UnaryOperator;

/**
 * Every layer once. What a backward pass needs of it PyTorch keeps; the memory of all else is warm for the next layer.
 */
public final class PlainPass extends LayerPass {

    @Override
    AttentionContext begin(AttentionContext context, boolean training) {
        return context;
    }

    @Override
    NDArray through(NDArray input, EncoderLayer block, UnaryOperator<NDArray> layer, boolean training) {
        return only(input, layer);
    }

    @Override
    void backward(NDArray loss) {
        Torch.backward(loss);
    }
}
