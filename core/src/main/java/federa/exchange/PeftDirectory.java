package federa.exchange;

import federa.checkpoint.Checkpoint;
import federa.checkpoint.Safetensors;
import federa.checkpoint.Tensor;
import federa.encoder.EncoderConfig;
import federa.encoder.HeadKind;
import federa.peft.OrdinaryLora;
import federa.spi.InvalidInputException;
import federa.tensor.TensorMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A LoRA as the PEFT library keeps it: {@code adapter_config.json} and {@code adapter_model.safetensors}. Its keys are our
 * names of tensors after {@code base_model.model.}, and a factor's has {@code .weight} at its end.
 *
 * @see <a href="https://huggingface.co/docs/peft/developer_guides/checkpoint">PEFT checkpoint format</a>
 */
public final class PeftDirectory {

    private static final String PREFIX = "base_model.model.";
    private static final String WEIGHT = ".weight";
    private static final String WEIGHTS = "adapter_model.safetensors";

    private PeftDirectory() {}

    /**
     * Writes the training as a LoRA over the original base model.
     *
     * @param baseName what the file calls the base model: a name that PEFT can load, or a path
     * @throws InvalidInputException if the method trains something else
     */
    public static void write(TrainedModel model, String baseName, Path directory) throws IOException {
        OrdinaryLora lora = model.lora();
        PeftConfig config = new PeftConfig(
                baseName,
                model.head(),
                lora.rank(),
                lora.alpha(),
                lora.scaling(),
                targets(model.base().config(), lora),
                saved(model));
        List<Tensor> tensors = new ArrayList<>();
        lora.tensors()
                .asMap()
                .forEach((name, tensor) -> tensors.add(Tensor.ofFloats(key(name), tensor.values(), tensor.shape())));
        Files.writeString(directory.resolve(PeftConfig.FILE), config.toJson());
        Safetensors.write(directory.resolve(WEIGHTS), tensors);
    }

    private static String key(String name) {
        return PREFIX + name + (OrdinaryLora.isFactor(name) ? WEIGHT : "");
    }

    /**
     * The last parts of the adapted layers' names if they mean the same layers to PEFT, which looks for them everywhere in
     * the model, the head included; otherwise the whole names.
     */
    private static List<String> targets(EncoderConfig config, OrdinaryLora lora) {
        Set<String> adapted = layers(lora.tensors());
        Set<String> ends = new TreeSet<>();
        adapted.forEach(layer -> ends.add(layer.substring(layer.lastIndexOf('.') + 1)));
        Set<String> everywhere =
                new HashSet<>(config.architecture().linearLayers(config).keySet());
        lora.tensors().asMap().keySet().stream()
                .filter(name -> !OrdinaryLora.isFactor(name) && name.endsWith(WEIGHT))
                .forEach(name -> everywhere.add(name.substring(0, name.length() - WEIGHT.length())));
        boolean same = everywhere.stream()
                .filter(layer -> ends.contains(layer.substring(layer.lastIndexOf('.') + 1)))
                .allMatch(adapted::contains);
        return List.copyOf(same ? ends : adapted);
    }

    /** The names of the adapted layers. */
    private static Set<String> layers(TensorMap tensors) {
        Set<String> layers = new TreeSet<>();
        tensors.asMap().keySet().stream()
                .filter(OrdinaryLora::isFactor)
                .forEach(name -> layers.add(name.substring(0, name.length() - OrdinaryLora.A.length())));
        return layers;
    }

    /** The head's modules, and those that PEFT adds by itself for the task. */
    private static List<String> saved(TrainedModel model) {
        Set<String> modules = new TreeSet<>();
        headShapes(model.base().config(), model.head(), model.labels().size())
                .keySet()
                .forEach(name -> modules.add(name.substring(0, name.indexOf('.'))));
        if (modules.contains("classifier")) {
            modules.add("score");
        }
        return List.copyOf(modules);
    }

    private static Map<String, long[]> headShapes(EncoderConfig config, HeadKind head, int outputs) {
        return config.architecture().headShapes(head, config, outputs);
    }

    /**
     * An adapter as it was read.
     *
     * @param base what the file calls its base model, a name or a path
     * @param head that it was trained with
     * @param targets of the adapter as its file names them
     */
    public record Adapter(String base, HeadKind head, List<String> targets, OrdinaryLora lora) {

        /** The names of the adapted layers. */
        public Set<String> layers() {
            return PeftDirectory.layers(lora.tensors());
        }
    }

    /**
     * Reads an adapter for a model: every tensor must have its place in it, and every place of the head its tensor.
     *
     * @param head that the adapter must have
     * @param outputs classes of the head, where its kind does not say how many there are
     * @throws InvalidInputException naming the file and the key that is unknown, missing or wrong
     */
    public static Adapter read(Path directory, EncoderConfig config, HeadKind head, int outputs) {
        PeftConfig adapter = PeftConfig.read(directory);
        if (adapter.head() != head) {
            throw new InvalidInputException("%s: task_type is %s, but the experiment's task needs %s"
                    .formatted(
                            directory.resolve(PeftConfig.FILE),
                            PeftConfig.task(adapter.head()),
                            PeftConfig.task(head)));
        }
        try (Checkpoint checkpoint = Checkpoint.open(weightsIn(directory))) {
            Map<String, long[]> expected = expected(checkpoint, adapter, config, outputs);
            Map<String, federa.tensor.Tensor> tensors = new TreeMap<>();
            expected.forEach((name, shape) -> tensors.put(name, read(checkpoint, name, shape)));
            return new Adapter(
                    adapter.base(),
                    head,
                    adapter.targets(),
                    new OrdinaryLora(adapter.rank(), adapter.alpha(), adapter.scaling(), new TensorMap(tensors)));
        }
    }

    private static Path weightsIn(Path directory) {
        for (String name : List.of(WEIGHTS, "adapter_model.bin")) {
            if (Files.exists(directory.resolve(name))) {
                return directory.resolve(name);
            }
        }
        throw new InvalidInputException(
                "%s has no %s; give a directory that PEFT's save_pretrained wrote".formatted(directory, WEIGHTS));
    }

    /** The tensors that the file must have, by our names: the head's, and both factors of each layer that has one. */
    private static Map<String, long[]> expected(
            Checkpoint checkpoint, PeftConfig adapter, EncoderConfig config, int outputs) {
        Map<String, long[]> head = headShapes(config, adapter.head(), outputs);
        Map<String, long[]> linear = config.architecture().linearLayers(config);
        Map<String, long[]> expected = new TreeMap<>(head);
        for (String key : checkpoint.names()) {
            String name = name(key);
            String layer =
                    OrdinaryLora.isFactor(name) ? name.substring(0, name.length() - OrdinaryLora.A.length()) : "";
            if (linear.containsKey(layer)) {
                expected.put(layer + OrdinaryLora.A, new long[] {adapter.rank(), linear.get(layer)[1]});
                expected.put(layer + OrdinaryLora.B, new long[] {linear.get(layer)[0], adapter.rank()});
            } else if (!head.containsKey(name)) {
                throw new InvalidInputException(
                        "%s: the key %s has no place in a %s model with this head; the adapter was made for another base model or task"
                                .formatted(
                                        checkpoint.file(),
                                        key,
                                        config.architecture().modelType()));
            }
        }
        if (expected.size() == head.size()) {
            throw new InvalidInputException(
                    "%s holds no lora_A and lora_B; save the adapter again with PEFT".formatted(checkpoint.file()));
        }
        return expected;
    }

    /** Our name for a key, empty if it is none of PEFT's. */
    private static String name(String key) {
        String name = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : "";
        String factor = name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
        return OrdinaryLora.isFactor(factor) ? factor : name;
    }

    private static federa.tensor.Tensor read(Checkpoint checkpoint, String name, long[] shape) {
        String key = key(name);
        if (!checkpoint.names().contains(key)) {
            throw new InvalidInputException(
                    "%s lacks the key %s; save the adapter again, with the head's modules among modules_to_save"
                            .formatted(checkpoint.file(), key));
        }
        Tensor stored = checkpoint.tensor(key);
        if (!Arrays.equals(stored.shape(), shape)) {
            throw new InvalidInputException("%s: %s has shape %s, but this model, rank and number of labels ask for %s"
                    .formatted(checkpoint.file(), key, Arrays.toString(stored.shape()), Arrays.toString(shape)));
        }
        return new federa.tensor.Tensor(stored.shape(), stored.toFloats());
    }
}
