package federa.report;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * One run as its tables recorded it. Rounds count from 1; round 0 is the state before training, and
 * among the rounds if clients had a part in it, as they have in solving the head.
 *
 * @param metric the evaluation metric that ranks the runs; higher is better
 * @param rounds in any order; the page sorts them
 * @param updates may be empty; only failures and the spread of client times are taken from them
 * @param clientEvaluations {@link ClientEvaluations#NONE} if clients were not evaluated each
 * @param bestRound by the validation examples, if clients hold any out
 * @param provenance name -> value, shown in this order
 */
public record RunHistory(
        String runId,
        String method,
        String model,
        String metric,
        long trainableParameters,
        long totalParameters,
        List<Round> rounds,
        List<Evaluation> evaluations,
        List<ClientUpdate> updates,
        ClientEvaluations clientEvaluations,
        OptionalInt bestRound,
        Map<String, String> provenance) {
    public RunHistory {
        requireNonNull(runId, "runId");
        requireNonNull(method, "method");
        requireNonNull(model, "model");
        requireNonNull(metric, "metric");
        rounds = List.copyOf(rounds);
        evaluations = List.copyOf(evaluations);
        updates = List.copyOf(updates);
        requireNonNull(clientEvaluations, "clientEvaluations");
        requireNonNull(bestRound, "bestRound");
        provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    }
}
