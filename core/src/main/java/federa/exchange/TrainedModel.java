package federa.exchange;

import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.peft.Method;
import federa.peft.OrdinaryLora;
import federa.tensor.TensorMap;
import java.nio.file.Path;
import java.util.List;

/**
 * A round's model, with all that its files need.
 *
 * @param base the pre-trained encoder
 * @param directory of the base model's files
 * @param head what the model's head reads
 * @param labels that the head tells apart, in index order; empty for a head without
 * @param maxTokens longest text in tokens that it was trained for
 * @param method what was trained
 * @param trained the tensors of the round
 * @param anchor of the run
 */
public record TrainedModel(
        BaseModel base,
        Path directory,
        HeadKind head,
        List<String> labels,
        int maxTokens,
        Method method,
        TensorMap trained,
        TensorMap anchor) {

    /** The training as an ordinary LoRA over the base model, with the head. */
    OrdinaryLora lora() {
        return method.ordinaryLora(trained, anchor);
    }

    /** The tensors of encoder and head without adapters, by their names in a checkpoint. */
    TensorMap merged() {
        return method.merged(base, trained, anchor);
    }
}
