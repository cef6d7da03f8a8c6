package federa.encoder;

import federa.spi.InvalidInputException;
import federa.tensor.TensorMap;
import java.util.Map;
import java.util.Optional;

/** How a family makes a head of one kind: the names and shapes of its tensors, its block, its TorchScript. */
public interface HeadDesign {

    /**
     * The names and shapes of the head's own tensors.
     *
     * @param outputs classes, where the kind does not say how many there are
     */
    Map<String, long[]> tensorShapes(EncoderConfig config, int outputs);

    /** The name of the last layer, if that is a linear layer of the head's own. */
    default Optional<String> lastLayer() {
        return Optional.empty();
    }

    /**
     * The layers below the last one where they let through as much of the hidden states as they can; none if there are none.
     * A last layer that is solved from sums over examples stands on these.
     */
    default TensorMap open(EncoderConfig config) {
        return TensorMap.empty();
    }

    /** A head bound to the wiring's tensors. */
    Head head(Wiring wiring, EncoderConfig config, int outputs);

    /**
     * The method {@code forward} of a TorchScript module: the encoder's inputs to the head's scores.
     *
     * @param encoder that it calls
     * @throws InvalidInputException if this head is not for use elsewhere
     */
    String script(EncoderScript encoder);
}
