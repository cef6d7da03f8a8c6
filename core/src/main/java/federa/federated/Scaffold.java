package federa.federated;

import federa.peft.Method;
import federa.random.Draw;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.CorrectedGradients;
import federa.train.LocalAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * SCAFFOLD: a client's gradients g are corrected to g - c_k + c, where c_k is about the gradient of its own data and c about
 * that of everybody's, so that its steps lead where all clients' data do. After a round c_k is the client's own mean gradient
 * of the round, see {@link CorrectedGradients}, and c the mean of the c_k of all clients of the federation, of which those that
 * never trained have 0. The global step is 1: the aggregate is the next global model, as in {@link FedAvg}; as published with
 * {@code weighting: uniform}.
 *
 * <p>Published for local SGD. With AdamW the correction is of the gradients that AdamW is given, and the theory does not hold.
 *
 * <p><b>The server keeps the c_k</b>, in its memory, so that clients may train anywhere and a run goes on from what is
 * committed. It sends a client c - c_k and receives the new c_k: twice the bytes of FedAvg in both directions. The memory
 * grows to as many models' worth of trained tensors as there are clients, on the driver, in every executor's copy of the state
 * and in each committed round: for federations of some hundred clients at most.
 *
 * @see <a href="https://arxiv.org/abs/1910.06378">SCAFFOLD, algorithm 1</a>
 */
public record Scaffold() implements Strategy {

    @Override
    public FederatedAlgorithm algorithm(Method method, LocalAlgorithm client, Aggregator aggregator) {
        return new Controlled(client, aggregator, 0);
    }

    /** The name of a variate: of the server's, or of one on its way to a client or back. */
    private static String variate(String tensor) {
        return CorrectedGradients.VARIATE + tensor;
    }

    /** Keeps variates beside the model. */
    private static final class Controlled extends Averaging {

        private static final long serialVersionUID = 1L;

        private final LocalAlgorithm client;
        private final Aggregator aggregator;
        private final int clients;

        Controlled(LocalAlgorithm client, Aggregator aggregator, int clients) {
            super(new CorrectedGradients(client), new ByClient(CorrectedGradients.VARIATE, aggregator), new FedAvg());
            this.client = client;
            this.aggregator = aggregator;
            this.clients = clients;
        }

        @Override
        public FederatedAlgorithm among(int numClients) {
            return new Controlled(client, aggregator, numClients);
        }

        @Override
        public ServerState init(TensorMap trainable) {
            Map<String, Tensor> zeros = new TreeMap<>();
            trainable.shapes().forEach((name, shape) -> zeros.put(variate(name), Draw.zeros(shape)));
            return new ServerState(trainable, TensorMap.empty(), new TensorMap(zeros));
        }

        /** With the correction of a client that has never trained, c - 0. */
        @Override
        public GlobalModel broadcast(ServerState state) {
            return new GlobalModel(
                    state.trainable(),
                    state.baseDelta(),
                    state.memory().where(name -> name.startsWith(CorrectedGradients.VARIATE)));
        }

        @Override
        public GlobalModel send(ServerState state, int to) {
            Map<String, Tensor> corrections = new TreeMap<>();
            for (String name : state.trainable().asMap().keySet()) {
                Tensor ofServer = state.memory().get(variate(name));
                String ofClient = ByClient.kept(to, variate(name));
                corrections.put(
                        variate(name),
                        state.memory().contains(ofClient)
                                ? minus(ofServer, state.memory().get(ofClient))
                                : ofServer);
            }
            return new GlobalModel(state.trainable(), state.baseDelta(), new TensorMap(corrections));
        }

        private static Tensor minus(Tensor one, Tensor other) {
            float[] difference = one.values().clone();
            for (int i = 0; i < difference.length; i++) {
                difference[i] -= other.values()[i];
            }
            return new Tensor(one.shape(), difference);
        }

        @Override
        public ServerState apply(ServerState state, Aggregate aggregate, int round) {
            if (clients < 1) {
                throw new IllegalStateException("SCAFFOLD has not been told the number of clients");
            }
            TensorMap tensors = aggregate.tensors();
            TensorMap model = tensors.where(state.trainable()::contains);
            ServerState averaged = super.apply(state, new Aggregate(model, aggregate.updates()), round);
            TensorMap variates = state.memory().with(tensors.where(name -> !model.contains(name)));
            Map<String, List<Tensor>> ofClients = new TreeMap<>();
            variates.asMap().forEach((name, variate) -> {
                if (name.startsWith(ByClient.CLIENT)) {
                    ofClients
                            .computeIfAbsent(ByClient.sent(name), n -> new ArrayList<>())
                            .add(variate);
                }
            });
            Map<String, Tensor> ofServer = new TreeMap<>();
            ofClients.forEach((name, each) -> ofServer.put(name, mean(each)));
            return new ServerState(averaged.trainable(), state.baseDelta(), variates.with(new TensorMap(ofServer)));
        }

        /** Anew from all of them: the paper's running sum would gather rounding. */
        private Tensor mean(List<Tensor> variates) {
            double[] sum = new double[variates.get(0).values().length];
            for (Tensor variate : variates) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += variate.values()[i];
                }
            }
            float[] mean = new float[sum.length];
            for (int i = 0; i < mean.length; i++) {
                mean[i] = (float) (sum[i] / clients);
            }
            return new Tensor(variates.get(0).shape(), mean);
        }

        /** The model as ever, and the client's correction. */
        @Override
        public long bytesDown(ServerState state, int round, int lastRound) {
            return super.bytesDown(state, round, lastRound) + state.trainable().bytes();
        }
    }
}
