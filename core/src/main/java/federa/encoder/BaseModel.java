package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.checkpoint.Checkpoint;
import federa.engine.Torch;
import federa.random.Draw;
import federa.random.Seeds;
import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pre-trained encoder, opened once per process and shared by all that the process trains and scores. A tensor is read
 * when it is asked for, from a file that stays mapped into memory, so one that is only needed in another form is never
 * held in this one too. Nobody changes its arrays. Closing it frees them. Safe for many threads.
 */
public final class BaseModel implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BaseModel.class);

    private final NDManager manager;
    private final EncoderConfig config;
    private final SortedMap<String, long[]> shapes;
    private final Source source;
    private final TensorMap head;

    /** The tensors that were asked for as they are. */
    private final Map<String, NDArray> shared = new HashMap<>();

    private BaseModel(NDManager parent, EncoderConfig config, Source source, TensorMap head) {
        this.manager = parent.newSubManager();
        this.config = config;
        this.shapes = new TreeMap<>(config.family().encoderShapes(config));
        this.source = source;
        this.head = head;
    }

    /** Where the encoder's tensors come from. */
    private interface Source extends AutoCloseable {
        Tensor read(String name, long[] shape);

        /** Checks that scores over the vocabulary come from the word embeddings. */
        default void requireTiedDecoder() {}

        @Override
        default void close() {}
    }

    /** Tensors of a file, widened to float32. */
    private record File(StoredTensors stored) implements Source {

        @Override
        public Tensor read(String name, long[] shape) {
            var tensor = stored.get(name);
            return new Tensor(tensor.shape(), tensor.toFloats());
        }

        @Override
        public void requireTiedDecoder() {
            stored.requireTiedDecoder();
        }

        @Override
        public void close() {
            stored.close();
        }
    }

    /**
     * Reads a Hugging Face model directory: {@code config.json} and {@code model.safetensors} or {@code
     * pytorch_model.bin}. Tensors are widened to float32.
     *
     * @throws InvalidInputException naming the file, and the tensor that is missing or has the wrong shape
     */
    public static BaseModel load(NDManager parent, Path directory) {
        EncoderConfig config = EncoderConfig.read(directory);
        Checkpoint checkpoint = Checkpoint.open(directory);
        try {
            StoredTensors stored = new StoredTensors(checkpoint, config);
            stored.requireComplete();
            File file = new File(stored);
            Map<String, Tensor> head = new TreeMap<>();
            stored.heads().forEach(name -> head.put(name, file.read(name, null)));
            return new BaseModel(parent, config, file, new TensorMap(head));
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    /** An encoder of freshly drawn weights: for benchmarks, where only the shape matters. */
    public static BaseModel random(NDManager parent, EncoderConfig config, long seed) {
        Source drawn = (name, shape) -> fresh(name, shape, config.initializerRange(), seed);
        return new BaseModel(parent, config, drawn, TensorMap.empty());
    }

    /**
     * Checks that a checkpoint has every tensor of the encoder in the right shape, and none that the encoder does not use,
     * without reading their data.
     *
     * @throws InvalidInputException naming the tensor that is missing, of the wrong shape or not used
     */
    public static void requireComplete(Checkpoint checkpoint, EncoderConfig config) {
        new StoredTensors(checkpoint, config).requireComplete();
    }

    /**
     * Checks that the weights of the encoder and of heads are finite numbers, for which all of them are read.
     *
     * @throws InvalidInputException naming the tensor that has another element
     */
    public static void requireFinite(Checkpoint checkpoint, EncoderConfig config) {
        new StoredTensors(checkpoint, config).requireFinite();
    }

    /** A new tensor: LayerNorm weights 1, biases 0, all else normal with the given deviation. */
    static Tensor fresh(String name, long[] shape, double deviation, long seed) {
        if (name.endsWith("LayerNorm.weight") || name.endsWith("layer_norm.weight")) {
            Tensor ones = Draw.zeros(shape);
            Arrays.fill(ones.values(), 1);
            return ones;
        }
        return name.endsWith(".bias") ? Draw.zeros(shape) : Draw.normal(deviation, Seeds.of(seed, name), shape);
    }

    /**
     * The head of round 0: tensors of the checkpoint where it has them in this shape (a model fine-tuned before, or its
     * masked-LM head), the others freshly drawn as the reference does it, weights normal and biases zero.
     *
     * @param outputs classes, where the kind does not say how many there are
     * @throws InvalidInputException if the checkpoint's masked-LM head scores with a matrix of its own
     */
    public TensorMap initialHead(HeadKind kind, int outputs, long seed) {
        if (kind == HeadKind.VOCABULARY) {
            source.requireTiedDecoder();
        }
        Map<String, Tensor> tensors = new TreeMap<>();
        List<String> drawn = new ArrayList<>();
        config.family().headShapes(kind, config, outputs).forEach((name, shape) -> {
            if (head.contains(name) && Arrays.equals(head.get(name).shape(), shape)) {
                tensors.put(name, head.get(name));
            } else {
                drawn.add(name);
                tensors.put(name, fresh(name, shape, config.initializerRange(), seed));
            }
        });
        if (!drawn.isEmpty()) {
            LOG.info("tensors of the head that the checkpoint does not have, freshly drawn: {}", drawn);
        }
        return new TensorMap(tensors);
    }

    /**
     * The head of round 0 for these labels: as {@link #initialHead(HeadKind, int, long)}, but the last layer's rows are
     * where the labels are. If the checkpoint's head tells other classes apart, its last layer is drawn anew, which is logged.
     *
     * @param labels that the head tells apart, in their order; empty for a head that has none
     * @param classes of the checkpoint's head
     */
    public TensorMap initialHead(HeadKind kind, List<String> labels, HeadClasses classes, HeadLabels rule, long seed) {
        TensorMap initial = initialHead(kind, labels.size(), seed);
        Set<String> last = HeadClasses.lastLayer(config, kind, labels.size());
        if (!last.stream().allMatch(head::contains) || last.isEmpty()) {
            return initial; // a head without classes, or none that was trained before
        }
        boolean asMany = last.stream()
                .allMatch(name ->
                        Arrays.equals(head.get(name).shape(), initial.get(name).shape()));
        Optional<int[]> rows = asMany ? classes.rows(labels, rule) : Optional.empty();
        if (rows.isPresent()) {
            return HeadClasses.reorder(initial, config, kind, rows.get());
        }
        LOG.warn(
                "the last layer of the checkpoint's head is drawn anew: {}{}",
                asMany
                        ? classes.mismatch(labels)
                        : "it is for another number of classes than the data's " + labels.size(),
                asMany ? "; if they mean the same in this order, set model.head-labels: by-position" : "");
        return initial.with(new TensorMap(last.stream()
                .collect(Collectors.toMap(
                        name -> name,
                        name -> fresh(name, initial.get(name).shape(), config.initializerRange(), seed)))));
    }

    public EncoderConfig config() {
        return config;
    }

    /** The tensors of heads that the checkpoint has. */
    public TensorMap head() {
        return head;
    }

    /** The number of parameters of the encoder. */
    public long parameters() {
        return shapes.values().stream().mapToLong(Tensor::size).sum();
    }

    /** The names of the encoder's tensors. */
    public Set<String> names() {
        return Collections.unmodifiableSet(shapes.keySet());
    }

    /** The shape of a tensor of the encoder. */
    public long[] shape(String name) {
        return shapes.get(name).clone();
    }

    /** A tensor of the encoder, the same array whenever it is asked for. */
    public synchronized NDArray tensor(String name) {
        return shared.computeIfAbsent(name, n -> read(n, manager));
    }

    /** A tensor of the encoder as an array of the caller's, which ends with the manager. */
    public NDArray read(String name, NDManager owner) {
        return Torch.toArray(owner, source.read(name, shapes.get(name)));
    }

    /** A copy of the encoder's tensors on the heap. */
    public TensorMap toTensors() {
        Map<String, Tensor> copy = new TreeMap<>();
        shapes.forEach((name, shape) -> copy.put(name, source.read(name, shape)));
        return new TensorMap(copy);
    }

    /** A manager on the encoder's device that ends with it, or before. */
    public NDManager newSubManager() {
        return manager.newSubManager();
    }

    @Override
    public void close() {
        manager.close();
        source.close();
    }
}
