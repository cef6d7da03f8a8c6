package federa.federated;

import federa.peft.Method;
import federa.tensor.TensorMap;
import federa.train.LocalAlgorithm;

/**
 * Makes the next global model of the present one and the aggregate of what clients sent. Works for tensors of any method.
 *
 * @see <a href="https://arxiv.org/abs/2003.00295">Adaptive federated optimization, algorithm 2</a>
 */
public interface ServerOptimizer extends Strategy {

    /** What the optimizer remembers before the first round; nothing, by default. */
    default TensorMap init(TensorMap trainable) {
        return TensorMap.empty();
    }

    /**
     * One round's step.
     *
     * @param trainable the tensors that clients trained in the round, as the server sent them
     * @param mean the aggregate of what they sent, of the same names and shapes
     * @param memory what the optimizer remembers
     * @param round from 1
     */
    Step step(TensorMap trainable, TensorMap mean, TensorMap memory, int round);

    /**
     * The result of a step.
     *
     * @param trainable the next global model
     * @param memory what has changed of what the optimizer remembers
     */
    record Step(TensorMap trainable, TensorMap memory) {}

    @Override
    default FederatedAlgorithm algorithm(Method method, LocalAlgorithm client, Aggregator aggregator) {
        return new Averaging(client, aggregator, this);
    }
}
