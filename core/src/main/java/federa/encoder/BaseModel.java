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
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pre-trained encoder in native memory, read once per process and shared by all that the process trains and scores.
 * Nobody changes its arrays. Closing it frees them.
 */
public final class BaseModel implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BaseModel.class);

    /** What the names of heads' tensors start with. */
    private static final List<String> HEADS =
            List.of("classifier.", "pooler.", "qa_outputs.", "lm_head.", "cls.predictions.", "lm_predictions.lm_head.");

    private final NDManager manager;
    private final EncoderConfig config;
    private final SortedMap<String, NDArray> encoder;
    private final TensorMap head;

    private BaseModel(NDManager manager, EncoderConfig config, SortedMap<String, NDArray> encoder, TensorMap head) {
        this.manager = manager;
        this.config = config;
        this.encoder = encoder;
        this.head = head;
    }

    /**
     * Reads a Hugging Face model directory: {@code config.json} and {@code model.safetensors} or {@code
     * pytorch_model.bin}. Tensors are widened to float32.
     *
     * @throws IllegalArgumentException naming the file, and the tensor that is missing or has the wrong shape
     */
    public static BaseModel load(NDManager parent, Path directory) {
        EncoderConfig config = EncoderConfig.read(directory);
        NDManager manager = parent.newSubManager();
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            String prefix = missingPrefix(checkpoint, config);
            SortedMap<String, NDArray> encoder = new TreeMap<>();
            config.architecture().encoderShapes(config).forEach((name, shape) -> {
                Tensor tensor = read(checkpoint, name.substring(prefix.length()), shape);
                encoder.put(name, Torch.toArray(manager, tensor));
            });
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
            return new BaseModel(manager, config, encoder, new TensorMap(head));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** An encoder of freshly drawn weights: for benchmarks, where only the shape matters. */
    public static BaseModel random(NDManager parent, EncoderConfig config, long seed) {
        NDManager manager = parent.newSubManager();
        SortedMap<String, NDArray> encoder = new TreeMap<>();
        config.architecture()
                .encoderShapes(config)
                .forEach((name, shape) ->
                        encoder.put(name, Torch.toArray(manager, fresh(name, shape, config.initializerRange(), seed))));
        return new BaseModel(manager, config, encoder, TensorMap.empty());
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

    private static Tensor read(Checkpoint checkpoint, String name, long[] shape) {
        Tensor tensor = widen(checkpoint, name);
        requireShape(tensor.shape(), shape, name, checkpoint.file());
        return tensor;
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
        return encoder.values().stream().mapToLong(NDArray::size).sum();
    }

    /** The encoder's tensors by name. */
    public SortedMap<String, NDArray> tensors() {
        return encoder;
    }

    public NDArray tensor(String name) {
        return encoder.get(name);
    }

    /** A copy of the encoder's tensors on the heap. */
    public TensorMap toTensors() {
        Map<String, Tensor> copy = new TreeMap<>();
        encoder.forEach((name, array) -> copy.put(name, Torch.toTensor(array)));
        return new TensorMap(copy);
    }

    /** A manager on the encoder's device that ends with it, or before. */
    public NDManager newSubManager() {
        return manager.newSubManager();
    }

    @Override
    public void close() {
        manager.close();
    }
}
