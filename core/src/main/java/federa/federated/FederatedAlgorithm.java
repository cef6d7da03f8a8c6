package federa.federated;

import federa.spi.InvalidInputException;
import federa.tensor.TensorMap;
import federa.train.LocalAlgorithm;
import java.io.Serializable;

/**
 * A federated algorithm: what the server keeps, what it sends, what clients do with it, and what it makes of what they send
 * back. All methods are functions of their arguments, so a round gives the same bits wherever and however often it runs.
 *
 * <p>{@link Averaging} is the usual one, of which most others change a method or two.
 */
public interface FederatedAlgorithm extends Serializable {

    /**
     * The state before the first round.
     *
     * @param trainable the round-0 tensors of the method and the head
     */
    ServerState init(TensorMap trainable);

    /**
     * The algorithm of a federation, for algorithms that must know its size; mostly this one.
     *
     * @param numClients all that have examples, not only those of a round
     */
    default FederatedAlgorithm among(int numClients) {
        return this;
    }

    /** What each sampled client receives. */
    GlobalModel broadcast(ServerState state);

    /**
     * What one client receives: mostly what all do. Its control may have other values, of the same names and shapes.
     *
     * @param client its id
     */
    default GlobalModel send(ServerState state, int client) {
        return broadcast(state);
    }

    /** True if clients train this tensor of the global model in a round; they neither change nor send the others. */
    boolean trains(String tensor, int round);

    /** What clients do. */
    LocalAlgorithm client();

    /** How their updates become one. */
    Aggregator aggregator();

    /**
     * The state after a round.
     *
     * @param state before the round, as it was broadcast
     * @param aggregate of at least one client's update
     * @param round from 1
     * @throws InvalidInputException if the aggregate is not that of tensors that were sent
     */
    ServerState apply(ServerState state, Aggregate aggregate, int round);

    /**
     * What a client must be sent in a round, in bytes, given what it still has of the last round it took part in.
     *
     * @param state before the round
     * @param round from 1
     * @param lastRound that the client took part in; 0 if it has nothing but the base model and what the method's frozen
     *     weights depend on
     */
    long bytesDown(ServerState state, int round, int lastRound);
}
