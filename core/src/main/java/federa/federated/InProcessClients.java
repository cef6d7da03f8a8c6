package federa.federated;

import federa.federated.Aggregator.Accumulator;
import federa.peft.FrozenBase;
import federa.task.Example;
import federa.task.Fields;
import federa.task.Reader;
import federa.task.Task;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.LocalTraining;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * A round's clients one after the other, in the caller's thread: the algorithm without a cluster, for notebooks, and what
 * Spark must come out at, to the last bit. A client that fails ends the round with its exception.
 */
public final class InProcessClients implements ClientExecutor {

    private final FrozenBase frozen;
    private final Task task;
    private final Reader reader;
    private final LocalTraining training;
    private final UpdatePrecision precision;
    private final int rounds;
    private final long seed;
    private final IntFunction<List<Fields>> rows;

    /**
     * Clients over frozen weights that stay the caller's.
     *
     * @param frozen the run's frozen weights as they were in round 0
     * @param task what is learnt
     * @param reader how rows become examples
     * @param training settings of local training
     * @param precision of what a client sends
     * @param rounds of the run in all
     * @param seed of the run
     * @param rows a client's, in the order of their ids
     */
    public InProcessClients(
            FrozenBase frozen,
            Task task,
            Reader reader,
            LocalTraining training,
            UpdatePrecision precision,
            int rounds,
            long seed,
            IntFunction<List<Fields>> rows) {
        this.frozen = frozen;
        this.task = task;
        this.reader = reader;
        this.training = training;
        this.precision = precision;
        this.rounds = rounds;
        this.seed = seed;
        this.rows = rows;
    }

    @Override
    public Aggregate train(List<Integer> cohort, FederatedAlgorithm algorithm, ServerState state, int round) {
        return perform(cohort, new ClientRound(task, training, algorithm, precision, seed, round, rounds), state);
    }

    @Override
    public Aggregate perform(List<Integer> cohort, ClientWork work, ServerState state) {
        Aggregator aggregator = work.aggregator(state);
        SortedMap<String, Accumulator> blocks = new TreeMap<>();
        List<ClientUpdate> updates = new ArrayList<>();
        try (FrozenBase base = frozen.changed(state.baseDelta())) {
            for (int client : cohort) {
                long start = System.nanoTime();
                List<Fields> ofClient = rows.apply(client);
                List<Example> examples = task.examples(ofClient, reader);
                ClientWork.Done done = work.perform(base, work.received(state, client), examples, reader, client);
                add(aggregator, blocks, client, ofClient.size(), done);
                updates.add(update(client, ofClient.size(), done, (System.nanoTime() - start) / 1e9));
            }
        }
        SortedMap<String, Tensor> tensors = new TreeMap<>();
        blocks.values().forEach(block -> tensors.putAll(block.result()));
        return new Aggregate(new TensorMap(tensors), updates);
    }

    private static void add(
            Aggregator aggregator,
            SortedMap<String, Accumulator> blocks,
            int client,
            long numExamples,
            ClientWork.Done done) {
        SortedMap<String, SortedMap<String, Tensor>> byBlock = new TreeMap<>();
        done.tensors().asMap().forEach((name, tensor) -> byBlock.computeIfAbsent(
                        aggregator.block(name), block -> new TreeMap<>())
                .put(name, tensor));
        double weight = aggregator.weight(numExamples, done.result().steps());
        byBlock.forEach((block, tensors) ->
                blocks.computeIfAbsent(block, b -> aggregator.begin()).add(client, weight, tensors));
    }

    private static ClientUpdate update(int client, long numExamples, ClientWork.Done done, double seconds) {
        return new ClientUpdate(
                client,
                numExamples,
                done.result().steps(),
                done.result().firstLoss(),
                done.result().meanLoss(),
                done.result().lastLoss(),
                seconds,
                done.bytes(),
                "in process",
                System.getProperty("os.arch"),
                "driver",
                "cpu",
                1,
                null);
    }
}
