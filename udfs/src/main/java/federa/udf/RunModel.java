package federa.udf;

import ai.djl.Device;
import federa.encoder.BaseModel;
import federa.engine.Precision;
import federa.peft.FrozenBase;
import federa.peft.Method;
import federa.task.Reader;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
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

    /**
     * What the frozen weights depend on; a name alone may be that of another warehouse's run.
     *
     * @param anchor identity of the anchor
     * @param baseDelta identity of what training has added since round 0
     */
    private record Key(
            String runId,
            String modelSha256,
            Method method,
            Precision precision,
            Device device,
            String anchor,
            String baseDelta) {

        Key unchanged() {
            return new Key(runId, modelSha256, method, precision, device, anchor, UNCHANGED);
        }
    }

    private static final String UNCHANGED = TensorMap.empty().identity();

    private RunModel(Shared shared, RunContext run) {
        this.shared = shared;
        this.run = run;
    }

    /**
     * Opens the run's frozen weights where the task has its place; close it when the task ends.
     *
     * @param baseDelta what training has added to them since round 0
     */
    public static RunModel open(RunContext run, TensorMap baseDelta, Configuration hadoop) {
        return open(run, baseDelta, run.placement().take().device(), hadoop);
    }

    /** Opens the run's frozen weights on a device, preparing them if this process has not yet. */
    static RunModel open(RunContext run, TensorMap baseDelta, Device device, Configuration hadoop) {
        Key key = new Key(
                run.runId(),
                run.model().sha256(),
                run.method(),
                run.precision(),
                device,
                run.anchor().identity(),
                baseDelta.identity());
        synchronized (SHARED) {
            Shared shared = take(key, run, baseDelta, hadoop);
            SHARED.values().removeIf(Shared::closeIfUnused);
            return new RunModel(shared, run);
        }
    }

    /** The frozen weights, with one user more. Changed ones use those of round 0, of which they share what is the same. */
    private static Shared take(Key key, RunContext run, TensorMap baseDelta, Configuration hadoop) {
        Shared shared = SHARED.get(key);
        if (shared == null) {
            shared = baseDelta.isEmpty()
                    ? new Shared(run, key.device(), hadoop)
                    : new Shared(take(key.unchanged(), run, TensorMap.empty(), hadoop), baseDelta);
            SHARED.put(key, shared);
        }
        shared.users++;
        return shared;
    }

    /** A model with these trained tensors over the run's frozen ones. */
    public ClientModel bind(TensorMap global, long seed) {
        return new ClientModel(
                shared.frozen, global, run.task().head(), run.labels().size(), seed);
    }

    /** The frozen weights. */
    public FrozenBase frozen() {
        return shared.frozen;
    }

    public int padId() {
        return shared.loaded.base().config().padId();
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

        /** The frozen weights of round 0 that these are a change of; null if these are they. */
        private final Shared original;

        private int users;

        Shared(RunContext run, Device device, Configuration hadoop) {
            loaded = LoadedModel.of(run.model(), device, hadoop);
            loaded.base().config().requirePositions(run.maxTokens());
            frozen = new FrozenBase(loaded.base(), run.method(), run.anchor(), run.precision());
            original = null;
        }

        Shared(Shared original, TensorMap baseDelta) {
            this.original = original;
            loaded = original.loaded;
            frozen = original.frozen.changed(baseDelta);
        }

        boolean closeIfUnused() {
            if (users > 0) {
                return false;
            }
            frozen.close();
            if (original != null) {
                original.users--;
            }
            return true;
        }
    }
}
