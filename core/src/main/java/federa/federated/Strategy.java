package federa.federated;

import federa.peft.Method;
import federa.train.LocalAlgorithm;
import java.io.Serializable;

/**
 * What the server makes of its clients' updates, as an experiment chooses it. One file per strategy: its settings, and the
 * algorithm that they stand for.
 */
public interface Strategy extends Serializable {

    /**
     * The algorithm of a run.
     *
     * @param method what of the model trains
     * @param client what clients do
     * @param aggregator how their updates become one
     * @throws IllegalArgumentException naming the key, if the strategy cannot be had with one of these
     */
    FederatedAlgorithm algorithm(Method method, LocalAlgorithm client, Aggregator aggregator);
}
