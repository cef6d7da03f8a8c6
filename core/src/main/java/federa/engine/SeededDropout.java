package federa.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Dropout that is a pure function of its seed.
 *
 * <p>PyTorch has one random generator per process. Seeding it and drawing the mask under one lock keeps clients that
 * train side by side independent of each other; a mask costs little next to the layer it follows, so they rarely wait.
 */
public final class SeededDropout {

    private static final Object GENERATOR = new Object();

    private SeededDropout() {}

    /** Zeroes each element with probability {@code rate} and scales the others by 1 / (1 - rate). */
    public static NDArray apply(NDArray input, double rate, long seed) {
        synchronized (GENERATOR) {
            JniUtils.setSeed(seed);
            return JniUtils.dropout((PtNDArray) input, rate, true);
        }
    }
}
