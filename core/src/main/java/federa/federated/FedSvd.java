package federa.federated;

import federa.peft.Method;
import federa.train.LocalAlgorithm;

/**
 * FedSVD: clients train B and the head; the server decomposes B A = U S V^T in each round and goes on with A = V^T and B = U
 * S. The mean is exact, and A follows what was learnt without being trained.
 *
 * @see <a href="https://arxiv.org/abs/2505.12805">FedSVD</a>
 */
public record FedSvd() implements Strategy {

    @Override
    public FederatedAlgorithm algorithm(Method method, LocalAlgorithm client, Aggregator aggregator) {
        Factors.requireScale(method, "fedsvd");
        return new Refactoring(client, aggregator);
    }

    private static final class Refactoring extends FfaLora.OnlyB {

        private static final long serialVersionUID = 1L;

        Refactoring(LocalAlgorithm client, Aggregator aggregator) {
            super(client, aggregator, true);
        }

        @Override
        public ServerState apply(ServerState state, Aggregate aggregate, int round) {
            ServerState averaged = super.apply(state, aggregate, round);
            return new ServerState(orthonormal(averaged.trainable()), averaged.baseDelta(), averaged.memory());
        }

        /** Everything: A changes too. */
        @Override
        public long bytesDown(ServerState state, int round, int lastRound) {
            return state.trainable().bytes();
        }
    }
}
