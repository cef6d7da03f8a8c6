package federa.federated;

import federa.peft.Method;
import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.LocalAlgorithm;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * FedEx-LoRA: the factors are averaged, and what that loses, mean(B_k A_k) - mean(B_k) mean(A_k), goes into the frozen
 * weights. So the model of the next round is the mean of the clients' models, exactly.
 *
 * <p>For each layer the state remembers how far the averaged factors alone would have been from that mean, in the units of
 * the round's change: {@code aggregation-error/LAYER} is ||mean(B_k A_k) - B A|| / ||mean(B_k A_k) - B0 A0|| in Frobenius
 * norms, B A after the round and B0 A0 before it. If only a part of the residual is kept, it remembers instead what is lost:
 * {@code truncation-error/LAYER} is the norm of what was left out over that of the whole residual.
 *
 * @param residualRank the rank of the residual's best approximation that is kept, or 0 for the whole residual
 * @see <a href="https://arxiv.org/abs/2410.09432">FedEx-LoRA</a>
 */
public record FedExLora(int residualRank) implements Strategy {

    private static final String RESIDUAL = ".residual";
    private static final String WEIGHT = ".weight";

    public FedExLora {
        if (residualRank < 0) {
            throw new InvalidInputException(
                    "federation.strategy.residual-rank must be at least 0, got " + residualRank);
        }
    }

    /** As published: the whole residual. */
    public FedExLora() {
        this(0);
    }

    @Override
    public FederatedAlgorithm algorithm(Method method, LocalAlgorithm client, Aggregator aggregator) {
        double scale = Factors.requireScale(method, "fedex-lora");
        return new Exact(client, new Residuals(aggregator, residualRank), scale, residualRank);
    }

    /** The means of A and B, the residual (out, in) or its best approximation, and the share of it that is left out. */
    private static final class Residuals extends ProductAggregator {

        private static final long serialVersionUID = 1L;

        private final int rank;

        Residuals(Aggregator mean, int rank) {
            super(mean, "fedex-lora");
            this.rank = rank;
        }

        @Override
        SortedMap<String, Tensor> result(String layer, StackedFactors products, Factors averaged) {
            SortedMap<String, Tensor> result = new TreeMap<>(averaged.asTensors(layer));
            products.add(averaged, -1);
            if (rank > 0) {
                products.decompose();
                result.put(TRUNCATION + layer, truncated(products, rank));
            }
            double[] residual = products.dense();
            float[] rounded = new float[residual.length];
            for (int i = 0; i < rounded.length; i++) {
                rounded[i] = (float) residual[i];
            }
            result.put(layer + RESIDUAL, new Tensor(new long[] {averaged.out(), averaged.in()}, rounded));
            return result;
        }
    }

    private static final class Exact extends Averaging {

        private static final long serialVersionUID = 1L;

        private final double scale;
        private final int residualRank;

        Exact(LocalAlgorithm client, Aggregator aggregator, double scale, int residualRank) {
            super(client, aggregator, new FedAvg());
            this.scale = scale;
            this.residualRank = residualRank;
        }

        @Override
        public ServerState apply(ServerState state, Aggregate aggregate, int round) {
            TensorMap tensors = aggregate.tensors();
            TensorMap means =
                    tensors.where(name -> !name.endsWith(RESIDUAL) && !name.startsWith(ProductAggregator.TRUNCATION));
            ServerState averaged = super.apply(state, new Aggregate(means, aggregate.updates()), round);
            Map<String, Tensor> changed = new TreeMap<>();
            Map<String, Tensor> errors =
                    new TreeMap<>(tensors.where(name -> name.startsWith(ProductAggregator.TRUNCATION))
                            .asMap());
            for (String layer : Factors.layers(means)) {
                Tensor residual = tensors.get(layer + RESIDUAL);
                String weight = layer + WEIGHT;
                changed.put(
                        weight,
                        Factors.changed(
                                state.baseDelta(), weight, residual.shape(), i -> scale * residual.values()[i]));
                if (residualRank == 0) {
                    Factors before = Factors.of(layer, state.trainable());
                    errors.put("aggregation-error/" + layer, error(residual, before, Factors.of(layer, means)));
                }
            }
            return new ServerState(
                    averaged.trainable(),
                    state.baseDelta().with(new TensorMap(changed)),
                    averaged.memory().with(new TensorMap(errors)));
        }

        private static Tensor error(Tensor residual, Factors before, Factors averaged) {
            double[] change = new double[residual.values().length];
            averaged.addTo(change, 1);
            before.addTo(change, -1);
            double lost = 0;
            double moved = 0;
            for (int i = 0; i < change.length; i++) {
                double beside = residual.values()[i];
                lost += beside * beside;
                moved += (change[i] + beside) * (change[i] + beside);
            }
            return new Tensor(new long[0], new float[] {moved > 0 ? (float) Math.sqrt(lost / moved) : 0});
        }

        /** All that trains, and of the frozen weights' change the rounds that the client missed, or the whole if less. */
        @Override
        public long bytesDown(ServerState state, int round, int lastRound) {
            long dense = state.baseDelta().bytes();
            long residuals = 0;
            for (String layer : Factors.layers(state.trainable())) {
                Factors factors = Factors.of(layer, state.trainable());
                residuals += (long) residualRank * (factors.out() + factors.in()) * Float.BYTES;
            }
            int missed = round - Math.max(1, lastRound);
            long change = residualRank == 0 ? dense : Math.min(missed * residuals, dense);
            return super.bytesDown(state, round, lastRound) + change;
        }
    }
}
