package federa.encoder;

import ai.djl.ndarray.NDArray;
import federa.engine.Precision;
import federa.spi.InvalidInputException;

/**
 * Gives the blocks of a model their tensors while it is built: the one place that decides, tensor by tensor, what is
 * frozen and shared, what trains, and which layers carry an adapter.
 */
public interface Wiring {

    /**
     * The array of this name, as a frozen or a trained tensor.
     *
     * @throws InvalidInputException if there is none, or if it has another shape
     */
    NDArray array(String name, long... shape);

    /** The linear layer of this name (x: (.., in) -> (.., out)), with its adapter if the method puts one there. */
    Linear linear(String name, int in, int out);

    /** How the sub-layer of this name joins its residual, with the method's adapter if it puts one there. */
    Joint joint(String name, int hidden);

    /** What the layers compute with. */
    Precision precision();

    /** Dropout of this rate, drawing from the client's own seeds. */
    Dropout dropout(double rate);

    /** How the layers run. */
    LayerPass pass();
}
