package federa.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One committed round.
 *
 * @param clients sampled clients, failed ones included
 * @param examples examples trained on in this round
 * @param trainLoss NaN when no client finished
 * @param seconds wall-clock time of the whole round; NaN when unknown
 * @param phaseSeconds phase -> wall-clock seconds, in the order of the phases; may cover less than {@code seconds}
 */
public record Round(
        int round,
        int clients,
        int failedClients,
        long examples,
        double trainLoss,
        long bytesUp,
        long bytesDown,
        double seconds,
        Map<String, Double> phaseSeconds) {
    public Round {
        phaseSeconds = Collections.unmodifiableMap(new LinkedHashMap<>(phaseSeconds));
    }

    long bytes() {
        return bytesUp + bytesDown;
    }
}
