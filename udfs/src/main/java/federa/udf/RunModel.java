package federa.udf;

import ai.djl.Device;
import federa.encoder.BaseModel;
import federa.engine.Precision;
import federa.peft.FrozenBase;
import federa.peft.Method;
import federa.task.Reader;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.LocalTraining;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * A run's frozen weights in this process's memory, shared by the tasks that use them at the same time and by those that
 * follow; freed when another run takes over and no task uses them any more.
 */
public final class RunModel implements AutoCloseable {

    private static final Map<Key, Shared> SHARED = new HashMap<>();

    private final Shared shared;
    private final RunContext run;

    /** What the frozen weights depend on; a name alone may be that of another warehouse's run. */
    private record Key(String runId, String modelSha256, Method method, Precision precision, Device device) {}

    private RunModel(Shared shared, RunContext run) {
        this.shared = shared;
        this.run = run;
    }

    /** Opens the run's frozen weights where the task has its place; close it when the task ends. */
    public static RunModel open(RunContext run, Configuration hadoop) {
        return open(run, run.placement().take().device(), hadoop);
    }

    /** Opens the run's frozen weights on a device, preparing them if this process has not yet. */
    static RunModel open(RunContext run, Device device, Configuration hadoop) {
        Key key = new Key(run.runId(), run.model().sha256(), run.method(), run.precision(), device);
        synchronized (SHARED) {
            SHARED.entrySet()
                    .removeIf(other ->
                            !other.getKey().equals(key) && other.getValue().closeIfUnused());
            Shared shared = SHARED.computeIfAbsent(key, k -> new Shared(run, device, hadoop));
            shared.users++;
            return new RunModel(shared, run);
        }
    }

    /** A model with these trained tensors over the run's frozen ones. */
    public ClientModel bind(TensorMap global, long seed) {
        return new ClientModel(
                shared.frozen, global, run.task().head(), run.labels().size(), seed);
    }

    /** The same, to be trained so. */
    public ClientModel bind(TensorMap global, long seed, LocalTraining training) {
        return new ClientModel(
                shared.frozen, global, run.task().head(), run.labels().size(), seed, training::pass);
    }

    /** The base model under the run's frozen weights. */
    public BaseModel base() {
        return shared.loaded.base();
    }

    /** How the run's rows become examples. */
    public Reader reader() {
        return new Reader(shared.loaded.tokenizer(), run.labels(), run.maxTokens());
    }

    @Override
    public void close() {
        synchronized (SHARED) {
            shared.users--;
        }
    }

    private static final class Shared {

        private final LoadedModel loaded;
        private final FrozenBase frozen;
        private int users;

        Shared(RunContext run, Device device, Configuration hadoop) {
            loaded = LoadedModel.of(run.model(), device, hadoop);
            loaded.base().config().requirePositions(run.maxTokens());
            frozen = new FrozenBase(loaded.base(), run.method(), run.anchor(), run.precision());
        }

        boolean closeIfUnused() {
            if (users == 0) {
                frozen.close();
            }
            return users == 0;
        }
    }
}
