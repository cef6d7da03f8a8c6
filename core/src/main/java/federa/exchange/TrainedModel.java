package federa.exchange;

import federa.encoder.BaseModel;
import federa.encoder.HeadKind;
import federa.peft.Method;
import federa.peft.OrdinaryLora;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
 * @param baseDelta what training has added to frozen tensors since round 0, by their names in the base model
 */
public record TrainedModel(
        BaseModel base,
        Path directory,
        HeadKind head,
        List<String> labels,
        int maxTokens,
        Method method,
        TensorMap trained,
        TensorMap anchor,
        TensorMap baseDelta) {

    /** A model whose frozen tensors are as in round 0. */
    public TrainedModel(
            BaseModel base,
            Path directory,
            HeadKind head,
            List<String> labels,
            int maxTokens,
            Method method,
            TensorMap trained,
            TensorMap anchor) {
        this(base, directory, head, labels, maxTokens, method, trained, anchor, TensorMap.empty());
    }

    /**
     * The training as an ordinary LoRA over the base model, with the head.
     *
     * @throws IllegalArgumentException if there is none
     */
    OrdinaryLora lora() {
        if (!baseDelta.isEmpty()) {
            throw new IllegalArgumentException(
                    "a PEFT directory holds a LoRA, but the run's strategy has also changed frozen weights; use --format hugging-face or djl");
        }
        return method.ordinaryLora(trained, anchor);
    }

    /** The tensors of encoder and head without adapters, by their names in a checkpoint. */
    TensorMap merged() {
        TensorMap merged = method.merged(base, trained, anchor);
        Map<String, Tensor> changed = new TreeMap<>();
        baseDelta.asMap().forEach((name, delta) -> changed.put(name, merged.get(name).plus(delta)));
        return merged.with(new TensorMap(changed));
    }
}
