package federa.encoder;

import java.util.SplittableRandom;

/** The seeds of a client's dropout masks, one after the other; a layer that is computed twice draws its own twice. */
public final class DropoutSeeds {

    /** What SplitMix64 adds to its state for each number. */
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private long state;

    public DropoutSeeds(long seed) {
        state = seed;
    }

    /** The next mask's. */
    long next() {
        long seed = new SplittableRandom(state).nextLong();
        state += STEP;
        return seed;
    }

    /** Where the sequence is, for {@link #reset}. */
    long mark() {
        return state;
    }

    void reset(long mark) {
        state = mark;
    }
}
