package federa.federated;

import federa.tensor.TensorMap;
import federa.train.LocalAlgorithm;

/**
 * Clients train all tensors of the global model and send them; the server optimizer makes the next global model of their
 * aggregate. With {@link FedAvg} and {@link Mean} this is FedAvg itself.
 */
public class Averaging implements FederatedAlgorithm {

    private static final long serialVersionUID = 1L;

    private final LocalAlgorithm client;
    private final Aggregator aggregator;
    private final ServerOptimizer optimizer;

    public Averaging(LocalAlgorithm client, Aggregator aggregator, ServerOptimizer optimizer) {
        this.client = client;
        this.aggregator = aggregator;
        this.optimizer = optimizer;
    }

    @Override
    public ServerState init(TensorMap trainable) {
        return new ServerState(trainable, TensorMap.empty(), optimizer.init(trainable));
    }

    @Override
    public GlobalModel broadcast(ServerState state) {
        return new GlobalModel(state.trainable(), state.baseDelta(), TensorMap.empty());
    }

    @Override
    public boolean trains(String tensor, int round) {
        return true;
    }

    @Override
    public final LocalAlgorithm client() {
        return client;
    }

    @Override
    public final Aggregator aggregator() {
        return aggregator;
    }

    @Override
    public ServerState apply(ServerState state, Aggregate aggregate, int round) {
        TensorMap before = state.trainable().where(name -> trains(name, round));
        before.requireSameShapes(aggregate.tensors(), "the aggregate of round " + round);
        ServerOptimizer.Step step = optimizer.step(before, aggregate.tensors(), state.memory(), round);
        return new ServerState(
                state.trainable().with(step.trainable()),
                state.baseDelta(),
                state.memory().with(step.memory()));
    }

    /** The tensors that clients have trained in a round that this one has not seen the end of. */
    @Override
    public long bytesDown(ServerState state, int round, int lastRound) {
        return state.trainable()
                .where(name -> lastRound == 0 || trainedSince(name, lastRound, round))
                .bytes();
    }

    private boolean trainedSince(String tensor, int first, int end) {
        for (int round = first; round < end; round++) {
            if (trains(tensor, round)) {
                return true;
            }
        }
        return false;
    }

}
