package federa.partition;

import federa.spi.InvalidInputException;

/** The check at the door. */
final class Require {
    private Require() {}

    /** Throws an InvalidInputException with the formatted message unless the condition holds. */
    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency for this one line
    static void require(boolean condition, String message, Object... values) {
        if (!condition) {
            throw new InvalidInputException(String.format(message, values));
        }
    }

    static void requireClients(int clients) {
        require(clients >= 1, "partition.clients must be >= 1, got %s", clients);
    }

    /** A concentration parameter: of any size, but positive and finite. */
    static void requireConcentration(String key, double value) {
        require(
                value > 0 && value < Double.POSITIVE_INFINITY,
                "%s must be > 0, got %s; small values such as 0.1 give unequal clients, large ones equal clients",
                key,
                value);
    }
}
