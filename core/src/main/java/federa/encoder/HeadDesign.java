package federa.encoder;

import federa.spi.InvalidInputException;
import java.util.Map;

/** How a family makes a head of one kind: the names and shapes of its tensors, its block, its TorchScript. */
public interface HeadDesign {

    /**
     * The names and shapes of the head's own tensors.
     *
     * @param outputs classes, where the kind does not say how many there are
     */
    Map<String, long[]> tensorShapes(EncoderConfig config, int outputs);

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
