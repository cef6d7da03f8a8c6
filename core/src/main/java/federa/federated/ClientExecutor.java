package federa.federated;

import java.util.List;

/** Trains a round's clients and aggregates their updates: in this process, or on a cluster. */
public interface ClientExecutor {

    /**
     * Trains clients from the same state.
     *
     * @param cohort the round's clients, in ascending order
     * @return the same bits for the same arguments
     */
    Aggregate train(List<Integer> cohort, FederatedAlgorithm algorithm, ServerState state, int round);
}
