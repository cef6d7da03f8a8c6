package federa.federated;

import federa.peft.FrozenBase;
import federa.random.Seeds;
import federa.task.Example;
import federa.task.Reader;
import federa.task.Task;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.LocalTrainer;
import federa.train.LocalTraining;
import federa.train.TrainingException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * A client's part of a round: it trains, and sends the tensors that trained and what its algorithm adds to them.
 *
 * @param task what is learnt
 * @param training settings of local training
 * @param algorithm of the run
 * @param precision of what a client sends
 * @param seed of the run
 * @param round from 1
 * @param rounds of the run in all
 */
public record ClientRound(
        Task task,
        LocalTraining training,
        FederatedAlgorithm algorithm,
        UpdatePrecision precision,
        long seed,
        int round,
        int rounds)
        implements ClientWork {

    @Override
    public String described() {
        return "train";
    }

    @Override
    public GlobalModel received(ServerState state, int client) {
        return algorithm.send(state, client);
    }

    @Override
    public SortedMap<String, long[]> sent(ServerState state) {
        return expected(algorithm.broadcast(state)).shapes();
    }

    private TensorMap expected(GlobalModel model) {
        return model.trainable().where(name -> algorithm.trains(name, round)).with(model.control());
    }

    @Override
    public Aggregator aggregator() {
        return algorithm.aggregator();
    }

    @Override
    public Aggregator aggregator(ServerState state) {
        GlobalModel sent = algorithm.broadcast(state);
        return algorithm.aggregator().from(sent.trainable().with(sent.control()));
    }

    @Override
    public Done perform(FrozenBase frozen, GlobalModel model, List<Example> examples, Reader reader, int client) {
        long ofClient = Seeds.of(seed, round, client);
        try (ClientModel local = new ClientModel(
                        frozen,
                        model.trainable(),
                        name -> algorithm.trains(name, round),
                        task.head(),
                        reader.labels().size(),
                        ofClient,
                        training::pass);
                LocalTrainer trainer = new LocalTrainer(local, task, training, algorithm.client(), model.control())) {
            LocalTrainer.Result result = trainer.train(
                    pass -> task.pass(examples, reader, pass), ofClient, training.schedule(round, rounds));
            TensorMap update = trainer.update(result);
            TensorMap expected = expected(model);
            requireUsable(update, expected, client);
            TensorMap received = precision.received(model.trainable(), update, Seeds.of(ofClient, "update-precision"));
            requireUsable(received, expected, client); // rounding up can leave the range of numbers
            return new Done(received, precision.bytes(model.trainable(), update), result);
        }
    }

    /**
     * Checks what a client sends.
     *
     * @throws TrainingException naming the tensor that is not finite or does not fit what was asked for
     */
    static void requireUsable(TensorMap update, TensorMap expected, int client) {
        try {
            expected.requireSameShapes(update, "the update of client " + client);
        } catch (IllegalArgumentException e) {
            throw new TrainingException(e.getMessage());
        }
        for (Map.Entry<String, Tensor> tensor : update.asMap().entrySet()) {
            if (!tensor.getValue().isFinite()) {
                throw new TrainingException(
                        "the update's tensor %s is not finite; lower training.learning-rate or set training.clip-norm"
                                .formatted(tensor.getKey()));
            }
        }
    }
}
