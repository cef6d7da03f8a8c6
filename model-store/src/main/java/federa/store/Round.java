package federa.store;

import federa.federated.ClientUpdate;
import federa.federated.ServerState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A round as it is committed, all in one.
 *
 * @param number 0 for the start, before any client trained
 * @param state of the server after the round
 * @param updates what each sampled client reported
 * @param evaluations empty if the round was not evaluated
 * @param clientEvaluations of each client that holds out validation examples; empty if the round was not evaluated by clients
 * @param bytesDown what the driver sent to clients, in bytes
 * @param seconds from the begin of the commit of the round before, or of the attempt, to the begin of this one's
 * @param phaseSeconds seconds by phase: train, evaluate; the store adds write, which ends before the commit's own row
 */
public record Round(
        int number,
        ServerState state,
        List<ClientUpdate> updates,
        List<Evaluation> evaluations,
        List<ClientEvaluation> clientEvaluations,
        long bytesDown,
        double seconds,
        Map<String, Double> phaseSeconds) {

    /** The round with a further phase. */
    Round withPhase(String phase, double length) {
        Map<String, Double> phases = new TreeMap<>(phaseSeconds);
        phases.put(phase, length);
        return new Round(number, state, updates, evaluations, clientEvaluations, bytesDown, seconds, phases);
    }

    /** What the tables keep of it besides rows of its own, as an attempt commits it now. */
    Summary committed(int attempt) {
        return new Summary(
                number,
                attempt,
                Instant.now(),
                updates.size(),
                updates.size() - trained().size(),
                numExamples(),
                trainLoss(),
                bytesUp(),
                bytesDown,
                seconds,
                phaseSeconds,
                state.trainable().sha256(),
                state.sha256());
    }

    /** The clients whose updates went into the round. */
    public List<ClientUpdate> trained() {
        return updates.stream().filter(ClientUpdate::ok).toList();
    }

    public long numExamples() {
        return trained().stream().mapToLong(ClientUpdate::numExamples).sum();
    }

    public long bytesUp() {
        return updates.stream().mapToLong(ClientUpdate::bytesUp).sum();
    }

    /** The clients' mean losses, weighted by their examples; NaN if nobody trained. */
    public double trainLoss() {
        double sum = trained().stream()
                .mapToDouble(u -> u.lossMean() * u.numExamples())
                .sum();
        return numExamples() == 0 ? Double.NaN : sum / numExamples();
    }

    /**
     * A metric of the global model on a split.
     *
     * @param seconds the evaluation took, all metrics together
     */
    public record Evaluation(String split, String metric, double value, long numExamples, double seconds) {}

    /**
     * A metric of the global model on a client's own validation examples.
     *
     * @param numExamples that the client holds out of its training, at least one
     */
    public record ClientEvaluation(int client, String metric, double value, long numExamples) {}

    /**
     * A committed round without its tensors.
     *
     * @param adaptersSha256 of the trained tensors' bytes, see {@link federa.tensor.TensorMap#sha256}
     * @param stateSha256 of the whole state, see {@link ServerState#sha256}; null in rounds of versions that had none
     */
    public record Summary(
            int number,
            int attempt,
            Instant committedAt,
            int clients,
            int failedClients,
            long numExamples,
            double trainLoss,
            long bytesUp,
            long bytesDown,
            double seconds,
            Map<String, Double> phaseSeconds,
            String adaptersSha256,
            String stateSha256) {}
}
