package federa.peft;

import federa.encoder.EncoderConfig;
import federa.encoder.Linear;
import federa.encoder.Wiring;
import federa.spi.InvalidInputException;

/** What all low-rank methods share: the shape of the adapter and its limits. They differ only in how it starts. */
final class LowRank {

    private LowRank() {}

    static void requireValid(int rank, double alpha) {
        if (rank < 1) {
            throw new InvalidInputException("method.rank must be at least 1, got " + rank);
        }
        if (!(alpha > 0) || Double.isInfinite(alpha)) {
            throw new InvalidInputException("method.alpha must be above 0, got " + alpha);
        }
    }

    static void requireFits(int rank, Targets targets, EncoderConfig config) {
        targets.of(config).forEach((layer, shape) -> requireFits(rank, layer, shape));
    }

    private static void requireFits(int rank, String layer, long[] shape) {
        long limit = Math.min(shape[0], shape[1]);
        if (rank > limit) {
            throw new InvalidInputException(
                    "method.rank is %d, but %s is a matrix of %d x %d, so the rank can be %d at most"
                            .formatted(rank, layer, shape[0], shape[1], limit));
        }
    }

    static Linear linear(Wiring wiring, String name, int in, int out, int rank, double scaling, Targets targets) {
        return targets.matches(name)
                ? new LoraLinear(wiring, name, in, out, rank, scaling)
                : new Linear(wiring, name, in, out);
    }
}
