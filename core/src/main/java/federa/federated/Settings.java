package federa.federated;

/** Checks of the settings of strategies; a message names the key and the value. */
final class Settings {

    private Settings() {}

    /** A number above 0. */
    static void positive(String key, double value) {
        require(value > 0 && Double.isFinite(value), key, "above 0", value);
    }

    /** The decay of a moving average. */
    static void decay(String key, double value) {
        require(value >= 0 && value < 1, key, "0 to below 1", value);
    }

    private static void require(boolean valid, String key, String rule, double value) {
        if (!valid) {
            throw new IllegalArgumentException("federation.strategy.%s must be %s, got %s".formatted(key, rule, value));
        }
    }
}
