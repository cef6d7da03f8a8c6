package federa.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import federa.encoder.Dropout;
import federa.encoder.DropoutSeeds;
import federa.encoder.HeadKind;
import federa.encoder.HeadedEncoder;
import federa.encoder.Joint;
import federa.encoder.LayerPass;
import federa.encoder.Linear;
import federa.encoder.PlainPass;
import federa.encoder.Wiring;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.peft.FrozenBase;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One client's model: its own copy of the global model's tensors over the frozen base that it shares. Used by one
 * thread. Closing it frees the copy.
 */
public final class ClientModel implements AutoCloseable {

    private final NDManager manager;
    private final SortedMap<String, NDArray> trained = new TreeMap<>();

    /** Tensors of the global model that do not train in this round. */
    private final SortedMap<String, NDArray> constant = new TreeMap<>();

    private final HeadedEncoder encoder;

    /** The names of the head's tensors. */
    private final Set<String> headNames;

    /** Builds a model whose layers run once in each pass. */
    public ClientModel(FrozenBase base, TensorMap global, HeadKind head, int outputs, long seed) {
        this(base, global, head, outputs, seed, seeds -> new PlainPass());
    }

    /** Builds a model in which all tensors of the global model train. */
    public ClientModel(
            FrozenBase base,
            TensorMap global,
            HeadKind head,
            int outputs,
            long seed,
            Function<DropoutSeeds, LayerPass> pass) {
        this(base, global, name -> true, head, outputs, seed, pass);
    }

    /**
     * Builds the model.
     *
     * @param base what stays frozen
     * @param global the tensors of the global model, the head among them
     * @param trains which of them train; the others keep the values that they have
     * @param head what the model's head reads
     * @param outputs of the head, where its kind does not say how many there are
     * @param seed of the dropout masks
     * @param pass how the layers run, given the masks' seeds
     * @throws IllegalArgumentException naming a tensor that is missing, unused or of the wrong shape
     */
    public ClientModel(
            FrozenBase base,
            TensorMap global,
            Predicate<String> trains,
            HeadKind head,
            int outputs,
            long seed,
            Function<DropoutSeeds, LayerPass> pass) {
        manager = base.newSubManager();
        try {
            Assembly assembly = new Assembly(base, global, trains, new DropoutSeeds(seed), pass);
            encoder = new HeadedEncoder(assembly, base.config(), head, outputs);
            headNames = Set.copyOf(base.config()
                    .family()
                    .headShapes(head, base.config(), outputs)
                    .keySet());
            for (String name : global.asMap().keySet()) {
                if (!trained.containsKey(name) && !constant.containsKey(name)) {
                    throw new IllegalArgumentException("the model has no place for the tensor " + name);
                }
            }
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** The encoder with its head, bound to the client's tensors. */
    public HeadedEncoder encoder() {
        return encoder;
    }

    /** The names of the head's tensors, whether they train or not. */
    public Set<String> head() {
        return headNames;
    }

    /** The tensors that train, by name. */
    public SortedMap<String, NDArray> trained() {
        return Collections.unmodifiableSortedMap(trained);
    }

    /** A copy of the trained tensors as they are now. */
    public TensorMap snapshot() {
        Map<String, Tensor> copy = new TreeMap<>();
        trained.forEach((name, array) -> copy.put(name, Torch.toTensor(array)));
        return new TensorMap(copy);
    }

    /** A manager for arrays that end with the model, or before. */
    public NDManager newScope() {
        return manager.newSubManager();
    }

    @Override
    public void close() {
        manager.close();
    }

    /** Trained tensors from the global model, the others from the frozen base. */
    private final class Assembly implements Wiring {

        private final FrozenBase base;
        private final TensorMap global;
        private final Predicate<String> trains;
        private final DropoutSeeds seeds;
        private final LayerPass pass;

        Assembly(
                FrozenBase base,
                TensorMap global,
                Predicate<String> trains,
                DropoutSeeds seeds,
                Function<DropoutSeeds, LayerPass> pass) {
            this.base = base;
            this.global = global;
            this.trains = trains;
            this.seeds = seeds;
            this.pass = pass.apply(seeds);
        }

        @Override
        public NDArray array(String name, long... shape) {
            NDArray array = global.contains(name) ? ofGlobal(name) : base.tensor(name);
            if (array == null) {
                throw new IllegalArgumentException(
                        "neither the base model nor the global model has the tensor " + name);
            }
            if (!array.getShape().equals(new Shape(shape))) {
                throw new IllegalArgumentException(
                        "the tensor %s has shape %s, expected %s".formatted(name, array.getShape(), new Shape(shape)));
            }
            return array;
        }

        private NDArray ofGlobal(String name) {
            boolean train = trains.test(name);
            return (train ? trained : constant).computeIfAbsent(name, n -> {
                NDArray array = Torch.toArray(manager, global.get(n));
                array.setRequiresGradient(train);
                return array;
            });
        }

        @Override
        public Linear linear(String name, int in, int out) {
            return base.method().linear(this, name, in, out);
        }

        @Override
        public Joint joint(String name, int hidden) {
            return base.method().joint(this, name, hidden);
        }

        @Override
        public Precision precision() {
            return base.precision();
        }

        @Override
        public Dropout dropout(double rate) {
            return new Dropout(rate, seeds);
        }

        @Override
        public LayerPass pass() {
            return pass;
        }
    }
}
