package federa.peft;

import ai.djl.ndarray.NDArray;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.encoder.Joint;
import federa.encoder.Linear;
import federa.encoder.Wiring;
import federa.tensor.TensorMap;
import java.io.Serializable;
import java.util.OptionalDouble;

/**
 * What of a pre-trained encoder is trained. One file per method; the classification head always trains with it.
 *
 * <p>The trained tensors of round 0 are made once, on the driver. What stays frozen is prepared on every executor from
 * the base model and, where a method needs it, from a part of those tensors, the anchor.
 */
public sealed interface Method extends Serializable permits FullFineTuning, BitFit, Houlsby, Pfeiffer, Lora, Federa {

    /** The name used in tables, reports and configuration. */
    String name();

    /**
     * Checks the method against the sizes of a model, which takes no time.
     *
     * @throws IllegalArgumentException if it does not fit, such as a rank above the matrix
     */
    default void requireFits(EncoderConfig config) {}

    /**
     * The trained tensors of round 0, the head excluded.
     *
     * @throws IllegalArgumentException if the method does not fit the model
     */
    TensorMap initial(BaseModel base, long seed);

    /** The part of the round-0 tensors that the frozen weights depend on. */
    default TensorMap anchor(TensorMap initial) {
        return TensorMap.empty();
    }

    /**
     * The frozen form of a base tensor beside the anchor; the tensor itself unless the method changes it.
     *
     * @return the same array, or a new one that belongs to the array's manager
     */
    default NDArray frozen(String name, NDArray tensor, TensorMap anchor) {
        return tensor;
    }

    /** The s of the term s B A that the method adds to each adapted layer; empty if it adds no such term. */
    default OptionalDouble scale() {
        return OptionalDouble.empty();
    }

    /** The linear layer of this name, with the method's adapter if it has one there. */
    default Linear linear(Wiring wiring, String name, int in, int out) {
        return new Linear(wiring, name, in, out);
    }

    /** How the sub-layer of this name joins its residual, with the method's adapter if it has one there. */
    default Joint joint(Wiring wiring, String name, int hidden) {
        return new Joint();
    }

    /**
     * What training changed of the base model, as an ordinary LoRA, with the head.
     *
     * @param trained the tensors of a round
     * @param anchor of the run
     * @throws IllegalArgumentException if the method trains something else
     */
    default OrdinaryLora ordinaryLora(TensorMap trained, TensorMap anchor) {
        throw new IllegalArgumentException(
                "a PEFT directory holds a LoRA, but the run's method is %s; use --format hugging-face or djl"
                        .formatted(name()));
    }

    /**
     * The tensors of encoder and head with what training changed folded in: a model without adapters that computes the
     * same.
     *
     * @param trained the tensors of a round
     * @param anchor of the run
     * @throws IllegalArgumentException if there is no such model
     */
    default TensorMap merged(BaseModel base, TensorMap trained, TensorMap anchor) {
        return base.toTensors().with(trained);
    }
}
