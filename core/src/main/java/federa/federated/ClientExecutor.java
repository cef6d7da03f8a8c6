package federa.federated;

import java.util.List;

/** Where clients are: lets them work and aggregates what they send, in this process or on a cluster. */
public interface ClientExecutor {

    /**
     * Lets clients do the same work, each with its own examples.
     *
     * @param cohort the clients, in ascending order
     * @param state of the server
     * @return the same bits for the same arguments
     */
    Aggregate perform(List<Integer> cohort, ClientWork work, ServerState state);

    /**
     * Trains clients from the same state.
     *
     * @param cohort the round's clients, in ascending order
     * @return the same bits for the same arguments
     */
    Aggregate train(List<Integer> cohort, FederatedAlgorithm algorithm, ServerState state, int round);
}
