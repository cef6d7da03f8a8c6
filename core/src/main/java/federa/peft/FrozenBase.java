package federa.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.tensor.TensorMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The frozen side of a run: the base model as the method leaves it, such as FeDeRA's residuals, its layers' matrices in
 * the precision that they are computed with. Made once per run in each process and shared by all its clients. Its arrays are
 * its own: closing it frees them and leaves the base model as it is.
 *
 * <p>A tensor is prepared when a model first asks for it: what the method trains never is. Safe for many threads.
 */
public final class FrozenBase implements AutoCloseable {

    private final BaseModel base;
    private final Method method;
    private final TensorMap anchor;
    private final Precision precision;

    /** What is added to tensors of the original, which has all others; both empty and null if this is the original. */
    private final TensorMap delta;

    private final FrozenBase original;

    /** The names of the layers' matrices and their biases. */
    private final Set<String> linear = new HashSet<>();

    private final NDManager manager;
    private final Map<String, NDArray> prepared = new HashMap<>();

    /** Prepares the base for a method, from the anchor among the run's round-0 tensors. */
    public FrozenBase(BaseModel base, Method method, TensorMap anchor, Precision precision) {
        this(base, method, anchor, precision, TensorMap.empty(), null);
    }

    private FrozenBase(
            BaseModel base,
            Method method,
            TensorMap anchor,
            Precision precision,
            TensorMap delta,
            FrozenBase original) {
        this.base = base;
        this.method = method;
        this.anchor = anchor;
        this.precision = precision;
        this.delta = delta;
        this.original = original;
        manager = base.newSubManager();
        for (String layer :
                base.config().architecture().linearLayers(base.config()).keySet()) {
            linear.add(layer + ".weight");
            linear.add(layer + ".bias");
        }
    }

    /**
     * This frozen side with some of its tensors changed; it shares the others with this one, which must be closed after it.
     *
     * @param change what is added to tensors, by their names in the base model
     * @throws IllegalArgumentException naming a tensor that the base model does not have in this shape
     */
    public FrozenBase changed(TensorMap change) {
        change.shapes().forEach((name, shape) -> {
            if (!base.names().contains(name) || !Arrays.equals(base.shape(name), shape)) {
                throw new IllegalArgumentException("the base model has no tensor %s of shape %s to be changed"
                        .formatted(name, Arrays.toString(shape)));
            }
        });
        return new FrozenBase(base, method, anchor, precision, change, this);
    }

    public Method method() {
        return method;
    }

    public EncoderConfig config() {
        return base.config();
    }

    public Precision precision() {
        return precision;
    }

    /** The frozen tensor of this name, or null. */
    public synchronized NDArray tensor(String name) {
        if (original != null && !delta.contains(name)) {
            return original.tensor(name);
        }
        return base.names().contains(name) ? prepared.computeIfAbsent(name, this::prepare) : null;
    }

    /** What the base model has, changed by the method and by training, then narrowed; only the last of these is kept. */
    private NDArray prepare(String name) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray frozen = method.frozen(name, base.read(name, scope), anchor);
            NDArray changed = delta.contains(name) ? frozen.add(Torch.toArray(scope, delta.get(name))) : frozen;
            NDArray stored = linear.contains(name) ? precision.of(changed) : changed;
            stored.attach(manager);
            return stored;
        }
    }

    /** A manager on the base model's device. */
    public NDManager newSubManager() {
        return base.newSubManager();
    }

    @Override
    public void close() {
        manager.close();
    }
}
