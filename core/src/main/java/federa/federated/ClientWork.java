package federa.federated;

import federa.peft.FrozenBase;
import federa.task.Example;
import federa.task.Reader;
import federa.tensor.TensorMap;
import federa.train.LocalTrainer;
import java.io.Serializable;
import java.util.List;
import java.util.SortedMap;

/**
 * What a client does with its examples for the server, the same wherever it does it: train for a round, or add up what the
 * server asks for. A function of its arguments.
 */
public interface ClientWork extends Serializable {

    /** The work in a few words, such as {@code train}, for logs and Spark's pages. */
    String described();

    /** The round that it belongs to; 0 before the first. */
    int round();

    /** What a client is sent. */
    GlobalModel received(ServerState state, int client);

    /** The names and shapes of what a client sends. */
    SortedMap<String, long[]> sent(ServerState state);

    /** How what clients send becomes one. */
    Aggregator aggregator();

    /** The same where updates meet: it may measure them against what the clients were sent. */
    default Aggregator aggregator(ServerState state) {
        return aggregator();
    }

    /**
     * What a client sends, and how its training went.
     *
     * @param tensors of the names and shapes of {@link #sent}, as they arrive
     * @param bytes of it on the wire
     * @param result {@link LocalTrainer.Result#NONE} if it did not train
     */
    record Done(TensorMap tensors, long bytes, LocalTrainer.Result result) {}

    /**
     * Does the work.
     *
     * @param frozen the run's frozen weights, with the global model's change of them
     * @param model what the client was sent
     * @param examples the client's, at least one
     * @param reader that they were read with
     * @throws federa.train.TrainingException if it cannot be done, and would fail in the same way again
     */
    Done perform(FrozenBase frozen, GlobalModel model, List<Example> examples, Reader reader, int client);
}
