package federa.federated;

import java.util.List;

/**
 * The server's side of a round.
 *
 * @param algorithm of the run
 * @param sampler who trains in which round
 * @param clients where they train
 * @param minClients that must have trained for a round to count
 */
public record Server(FederatedAlgorithm algorithm, ClientSampler sampler, ClientExecutor clients, int minClients) {

    /**
     * A round's result.
     *
     * @param state after the round
     * @param updates what each sampled client told
     */
    public record Outcome(ServerState state, List<ClientUpdate> updates) {}

    /**
     * One round, a function of the state before it and its number.
     *
     * @throws IllegalStateException if too few clients trained, with what one of the others failed with
     */
    public Outcome round(ServerState state, int round) {
        List<Integer> cohort = sampler.round(round);
        Aggregate aggregate = clients.train(cohort, algorithm, state, round);
        requireQuorum(aggregate, round);
        return new Outcome(algorithm.apply(state, aggregate, round), aggregate.updates());
    }

    /**
     * Lets all these clients do a work that is no round's.
     *
     * @throws IllegalStateException if too few did it, with what one of the others failed with
     */
    public Aggregate perform(List<Integer> cohort, ClientWork work, ServerState state) {
        Aggregate aggregate = clients.perform(cohort, work, state);
        requireQuorum(aggregate, work.round());
        return aggregate;
    }

    private void requireQuorum(Aggregate aggregate, int round) {
        List<ClientUpdate> failed =
                aggregate.updates().stream().filter(update -> !update.ok()).toList();
        int trained = aggregate.trained().size();
        if (trained < minClients) {
            throw new IllegalStateException(
                    "round %d: %d of %d clients trained, federation.min-clients is %d; client %d failed with: %s"
                            .formatted(
                                    round,
                                    trained,
                                    aggregate.updates().size(),
                                    minClients,
                                    failed.get(0).client(),
                                    failed.get(0).error()));
        }
    }
}
