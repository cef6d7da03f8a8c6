package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.checkpoint.Checkpoint;
import federa.engine.Torch;
import federa.random.Draw;
import federa.random.Seeds;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pre-trained encoder, opened once per process and shared by all that the process trains and scores. A tensor is read
 * when it is asked for, from a file that stays mapped into memory, so one that is only needed in another form is never
 * held in this one too. Nobody changes its arrays. Closing it frees them. Safe for many threads.
 */
public final class BaseModel implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BaseModel.class);

    /** What the names of heads' tensors start with. */
    private static final List<String> HEADS =
            List.of("classifier.", "pooler.", "qa_outputs.", "lm_head.", "cls.predictions.", "lm_predictions.lm_head.");

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
        this.shapes = new TreeMap<>(config.architecture().encoderShapes(config));
        this.source = source;
        this.head = head;
    }

    /** Where the encoder's tensors come from. */
    private interface Source extends AutoCloseable {
        Tensor read(String name, long[] shape);

        @Override
        default void close() {}
    }

    /** Tensors of a file, by names that lack a prefix or not. */
    private record Stored(Checkpoint checkpoint, String prefix) implements Source {

        @Override
        public Tensor read(String name, long[] shape) {
            return widen(checkpoint, name.substring(prefix.length()));
        }

        @Override
        public void close() {
            checkpoint.close();
        }
    }

    /**
     * Reads a Hugging Face model directory: {@code config.json} and {@code model.safetensors} or {@code
     * pytorch_model.bin}. Tensors are widened to float32.
     *
     * @throws IllegalArgumentException naming the file, and the tensor that is missing or has the wrong shape
     */
    public static BaseModel load(NDManager parent, Path directory) {
        EncoderConfig config = EncoderConfig.read(directory);
        Checkpoint checkpoint = Checkpoint.open(directory);
        try {
            requireComplete(checkpoint, config);
            String prefix = missingPrefix(checkpoint, config);
            Map<String, long[]> encoder = config.architecture().encoderShapes(config);
            List<String> ignored = new ArrayList<>();
            Map<String, Tensor> head = new TreeMap<>();
            for (String name : checkpoint.names()) {
                if (isOfHead(name)) {
                    head.put(canonical(name), widen(checkpoint, name));
                } else if (!encoder.containsKey(prefix + name)) {
                    ignored.add(name);
                }
            }
            if (!ignored.isEmpty()) {
                LOG.info("tensors of {} that the encoder does not use: {}", directory, ignored);
            }
            return new BaseModel(parent, config, new Stored(checkpoint, prefix), new TensorMap(head));
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
     * Checks that a checkpoint has every tensor of the encoder in the right shape, without reading their data.
     *
     * @throws IllegalArgumentException naming the tensor that is missing or has the wrong shape
     */
    public static void requireComplete(Checkpoint checkpoint, EncoderConfig config) {
        String prefix = missingPrefix(checkpoint, config);
        config.architecture().encoderShapes(config).forEach((name, shape) -> {
            String stored = name.substring(prefix.length());
            requireShape(checkpoint.tensor(stored).shape(), shape, stored, checkpoint.file());
        });
    }

    /** The decoder of a masked-LM head is the word embeddings once more. */
    private static boolean isOfHead(String name) {
        return HEADS.stream().anyMatch(name::startsWith) && !name.contains(".decoder.");
    }

    /** DeBERTaV3's published checkpoints have the masked-LM head under a name of their own. */
    private static String canonical(String name) {
        return name.replaceFirst("^lm_predictions\\.lm_head\\.bias$", "cls.predictions.bias")
                .replaceFirst("^lm_predictions\\.lm_head\\.", "cls.predictions.transform.");
    }

    /** What a bare encoder's tensor names lack: it was saved without the name of its part. */
    private static String missingPrefix(Checkpoint checkpoint, EncoderConfig config) {
        String prefix = config.architecture().prefix();
        return checkpoint.names().stream().anyMatch(name -> name.startsWith(prefix)) ? "" : prefix;
    }

    private static void requireShape(long[] got, long[] expected, String name, Path file) {
        if (!Arrays.equals(got, expected)) {
            throw new IllegalArgumentException(
                    "%s: the tensor %s has shape %s, config.json asks for %s; use the config.json that came with the weights"
                            .formatted(file, name, Arrays.toString(got), Arrays.toString(expected)));
        }
    }

    private static Tensor widen(Checkpoint checkpoint, String name) {
        var stored = checkpoint.tensor(name);
        return new Tensor(stored.shape(), stored.toFloats());
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
     */
    public TensorMap initialHead(HeadKind kind, int outputs, long seed) {
        Map<String, Tensor> tensors = new TreeMap<>();
        List<String> drawn = new ArrayList<>();
        config.architecture().headShapes(kind, config, outputs).forEach((name, shape) -> {
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

    public EncoderConfig config() {
        return config;
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
