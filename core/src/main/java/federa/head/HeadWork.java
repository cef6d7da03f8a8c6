package federa.head;

import federa.federated.Aggregator;
import federa.federated.ClientWork;
import federa.federated.FederatedAlgorithm;
import federa.federated.GlobalModel;
import federa.federated.ServerState;
import federa.random.HeldOut;
import federa.random.Seeds;
import federa.task.ClassTask;
import federa.task.Example;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.LocalTrainer;
import java.util.Arrays;
import java.util.Map;

/** A pass over all clients' examples before the first round, whose result is a sum. */
abstract class HeadWork implements ClientWork {

    private static final long serialVersionUID = 1L;

    /** Of the examples: by these, settings are chosen. */
    private static final double HELD_OUT = 0.2;

    final ClassTask task;
    private final FederatedAlgorithm algorithm;
    private final HeldOut heldOut;

    /** @param seed of the run */
    HeadWork(ClassTask task, FederatedAlgorithm algorithm, long seed) {
        this.task = task;
        this.algorithm = algorithm;
        heldOut = new HeldOut(HELD_OUT, Seeds.of(seed, "head.start"));
    }

    /** Whether an example is held out: a function of its tokens, whoever owns it. */
    final boolean isHeldOut(Example example) {
        return heldOut.has(Arrays.toString(example.ids()));
    }

    @Override
    public final int round() {
        return 0;
    }

    @Override
    public final GlobalModel received(ServerState state, int client) {
        return algorithm.broadcast(state);
    }

    @Override
    public final Aggregator aggregator() {
        return new Sum();
    }

    static Done done(Map<String, Tensor> sums) {
        TensorMap tensors = new TensorMap(sums);
        return new Done(tensors, tensors.bytes(), LocalTrainer.Result.NONE);
    }
}
