package federa.report;

import java.util.List;

/**
 * The global model on each client's own validation examples.
 *
 * @param clients that have examples, whether they hold any out or not
 * @param values of the metric that ranks the runs
 */
public record ClientEvaluations(int clients, List<Value> values) {
    /** No client was evaluated on its own. */
    public static final ClientEvaluations NONE = new ClientEvaluations(0, List.of());

    public ClientEvaluations {
        values = List.copyOf(values);
    }

    /** On a client's examples, after a round. */
    public record Value(int round, int client, double value) {}
}
