package federa.federated;

import federa.tensor.TensorMap;
import federa.train.LocalAlgorithm;
import java.util.Set;
import java.util.TreeSet;

/**
 * An algorithm whose clients neither train nor send the head: it stays as it was in round 0, and another algorithm is in
 * charge of everything else.
 */
public final class FrozenHead implements FederatedAlgorithm {

    private static final long serialVersionUID = 1L;

    private final FederatedAlgorithm others;
    private final TreeSet<String> head;

    /**
     * Keeps the head as it is.
     *
     * @param others what happens to all other tensors
     * @param head the names of the head's tensors
     */
    public FrozenHead(FederatedAlgorithm others, Set<String> head) {
        this.others = others;
        this.head = new TreeSet<>(head);
    }

    @Override
    public ServerState init(TensorMap trainable) {
        return with(others.init(without(trainable)), trainable);
    }

    @Override
    public GlobalModel broadcast(ServerState state) {
        return withHead(others.broadcast(without(state)), state);
    }

    @Override
    public GlobalModel send(ServerState state, int client) {
        return withHead(others.send(without(state), client), state);
    }

    private GlobalModel withHead(GlobalModel sent, ServerState state) {
        return new GlobalModel(sent.trainable().with(head(state.trainable())), sent.baseDelta(), sent.control());
    }

    @Override
    public boolean trains(String tensor, int round) {
        return !head.contains(tensor) && others.trains(tensor, round);
    }

    @Override
    public LocalAlgorithm client() {
        return others.client();
    }

    @Override
    public Aggregator aggregator() {
        return others.aggregator();
    }

    @Override
    public ServerState apply(ServerState state, Aggregate aggregate, int round) {
        return with(others.apply(without(state), aggregate, round), state.trainable());
    }

    /** The head is sent once. */
    @Override
    public long bytesDown(ServerState state, int round, int lastRound) {
        return others.bytesDown(without(state), round, lastRound)
                + (lastRound == 0 ? head(state.trainable()).bytes() : 0);
    }

    private TensorMap head(TensorMap tensors) {
        return tensors.where(head::contains);
    }

    private TensorMap without(TensorMap tensors) {
        return tensors.where(name -> !head.contains(name));
    }

    private ServerState without(ServerState state) {
        return new ServerState(without(state.trainable()), state.baseDelta(), state.memory());
    }

    private ServerState with(ServerState state, TensorMap tensors) {
        return new ServerState(state.trainable().with(head(tensors)), state.baseDelta(), state.memory());
    }
}
