package federa.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.tensor.TensorMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The frozen side of a run: the base model as the method leaves it, such as FeDeRA's residuals. Made once per run in
 * each process and shared by all its clients. Closing it frees what it added, not the base model.
 */
public final class FrozenBase implements AutoCloseable {

    private final BaseModel base;
    private final Method method;
    private final SortedMap<String, NDArray> tensors = new TreeMap<>();
    private final SortedMap<String, NDArray> own = new TreeMap<>();

    /** Prepares the base for a method, from the anchor among the run's round-0 tensors. */
    public FrozenBase(BaseModel base, Method method, TensorMap anchor) {
        this.base = base;
        this.method = method;
        base.tensors().forEach((name, tensor) -> {
            NDArray frozen = method.frozen(name, tensor, anchor);
            tensors.put(name, frozen);
            if (frozen != tensor) {
                own.put(name, frozen);
            }
        });
    }

    public Method method() {
        return method;
    }

    public EncoderConfig config() {
        return base.config();
    }

    /** The frozen tensor of this name, or null. */
    public NDArray tensor(String name) {
        return tensors.get(name);
    }

    /** A manager on the base model's device. */
    public NDManager newSubManager() {
        return base.newSubManager();
    }

    @Override
    public void close() {
        own.values().forEach(NDArray::close);
    }
}
