package federa.report;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

/**
 * What one client did in one round.
 *
 * @param status {@link #OK}, or any other word for a client that did not contribute
 * @param lossFirst loss of the first local step; NaN when unknown
 * @param lossLast loss of the last local step; NaN when unknown
 * @param seconds local training time; NaN when unknown
 * @param host empty when unknown
 * @param error empty when there was none
 */
public record ClientUpdate(
        int round,
        int client,
        String status,
        long examples,
        double lossFirst,
        double lossLast,
        double seconds,
        String host,
        String error) {
    public static final String OK = "ok";

    public ClientUpdate {
        requireNonNull(status, "status");
        host = requireNonNullElse(host, "");
        error = requireNonNullElse(error, "");
    }

    boolean failed() {
        return !status.equalsIgnoreCase(OK);
    }
}
