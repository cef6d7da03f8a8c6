package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import federa.engine.SeededDropout;

/**
 * Inverted dropout while training, nothing otherwise.
 *
 * <p>Every mask has a seed of its own, drawn from the client's stream, so that a client's training does not depend on
 * what else its executor trains.
 */
public final class Dropout extends BoundBlock {

    private final double rate;
    private final DropoutSeeds seeds;

    public Dropout(double rate, DropoutSeeds seeds) {
        this.rate = rate;
        this.seeds = seeds;
    }

    NDArray apply(NDArray input, boolean training) {
        return training && rate > 0 ? SeededDropout.apply(input, rate, seeds.next()) : input;
    }

    @Override
    protected NDArray forward(NDList inputs, boolean training) {
        return apply(inputs.head(), training);
    }
}
