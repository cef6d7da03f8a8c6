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
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * A client's part of a round, the same wherever it trains.
 *
 * @param task what is learnt
 * @param training settings of local training
 * @param algorithm of the run
 * @param precision of what a client sends
 * @param seed of the run
 */
public record ClientRound(
        Task task, LocalTraining training, FederatedAlgorithm algorithm, UpdatePrecision precision, long seed)
        implements Serializable {

    /**
     * What a client sends.
     *
     * @param tensors those that trained, and what its algorithm adds to them, as they arrive
     * @param bytes of it on the wire
     * @param result of its training
     */
    public record Trained(TensorMap tensors, long bytes, LocalTrainer.Result result) {}

    /**
     * Trains a client.
     *
     * @param frozen the run's frozen weights, with the global model's change of them
     * @param model what the server sends
     * @param examples the client's, at least one
     * @param reader that they were read with
     * @throws TrainingException if it cannot train, or not to numbers
     */
    public Trained train(
            FrozenBase frozen, GlobalModel model, List<Example> examples, Reader reader, int client, int round) {
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
            LocalTrainer.Result result = trainer.train(pass -> task.pass(examples, reader, pass), ofClient);
            TensorMap update = trainer.update(result);
            TensorMap expected = model.trainable()
                    .where(name -> algorithm.trains(name, round))
                    .with(model.control());
            requireUsable(update, expected, client);
            TensorMap received = precision.received(model.trainable(), update, Seeds.of(ofClient, "update-precision"));
            requireUsable(received, expected, client); // rounding up can leave the range of numbers
            return new Trained(received, precision.bytes(model.trainable(), update), result);
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
