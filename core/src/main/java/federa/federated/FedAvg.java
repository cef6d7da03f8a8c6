package federa.federated;

import federa.tensor.TensorMap;

/**
 * FedAvg: the aggregate is the next global model, to the bit.
 *
 * @see <a href="https://arxiv.org/abs/1602.05629">FedAvg, algorithm 1</a>
 */
public record FedAvg() implements ServerOptimizer {

    @Override
    public Step step(TensorMap trainable, TensorMap mean, TensorMap memory, int round) {
        // Not x + 1 (mean - x), which rounds.
        return new Step(mean, TensorMap.empty());
    }
}
