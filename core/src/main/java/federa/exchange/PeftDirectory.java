package federa.exchange;

import com.google.gson.JsonObject;
import federa.checkpoint.Checkpoint;
import federa.checkpoint.JsonFile;
import federa.checkpoint.Safetensors;
import federa.checkpoint.Tensor;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.encoder.HeadClasses;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A LoRA as the PEFT library keeps it: {@code adapter_config.json} and {@code adapter_model.safetensors}. Its keys are our
 * names of tensors after {@code base_model.model.}, and a factor's has {@code .weight} at its end.
 *
 * @see <a href="https://huggingface.co/docs/peft/developer_guides/checkpoint">PEFT checkpoint format</a>
 */
public final class PeftDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(PeftDirectory.class);

    private static final String PREFIX = "base_model.model.";
    private static final String WEIGHT = ".weight";
    private static final String WEIGHTS = "adapter_model.safetensors";

    /** The key of the weight file's metadata that has the names of the head's classes. */
    private static final String CLASSES = "id2label";

    private PeftDirectory() {}

    /**
     * Writes the training as a LoRA over the original base model.
     *
     * @param baseName what the file calls the base model: a name that PEFT can load, or a path
     * @throws InvalidInputException if the method trains something else
     */
    public static void write(TrainedModel model, String baseName, Path directory) throws IOException {
        OrdinaryLora lora = model.lora();
        List<String> targets = targets(model.base().config(), lora);
        PeftConfig config = new PeftConfig(
                baseName,
                model.head(),
                lora.rank(),
                lora.alpha(),
                lora.scaling(),
                targets,
                PeftLayers.named(targets),
                saved(model));
        List<Tensor> tensors = new ArrayList<>();
        lora.tensors()
                .asMap()
                .forEach((name, tensor) -> tensors.add(Tensor.ofFloats(key(name), tensor.values(), tensor.shape())));
        Files.writeString(directory.resolve(PeftConfig.FILE), config.toJson());
        Map<String, String> metadata = model.labels().isEmpty()
                ? Map.of()
                : Map.of(CLASSES, new HeadClasses(model.labels()).toId2Label().toString());
        Safetensors.write(directory.resolve(WEIGHTS), tensors, metadata);
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
                new HashSet<>(config.family().linearLayers(config).keySet());
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
        tensors.asMap().keySet().stream().filter(OrdinaryLora::isFactor).forEach(name -> layers.add(layer(name)));
        return layers;
    }

    /** The layer that a factor of this name adapts. */
    private static String layer(String factor) {
        return factor.substring(0, factor.lastIndexOf('.'));
    }

    /** The head's modules, and those that PEFT adds by itself for the task. */
    private static List<String> saved(TrainedModel model) {
        EncoderConfig config = model.base().config();
        Set<String> modules = new TreeSet<>();
        headShapes(config, model.head(), model.labels().size())
                .keySet()
                .forEach(name -> modules.add(headModule(name, config)));
        if (modules.contains("classifier")) {
            modules.add("score");
        }
        return List.copyOf(modules);
    }

    /** The module of the model that a tensor of the head is in. */
    private static String headModule(String name, EncoderConfig config) {
        String encoder = config.family().prefix();
        String module = name.startsWith(encoder) ? name.substring(encoder.length()) : name; // BERT's pooler
        return module.substring(0, module.indexOf('.'));
    }

    /** The base model's tensors of those modules of the head of which the file has none and does not say that it has. */
    private static Map<String, federa.tensor.Tensor> untrained(
            Map<String, long[]> expected, Set<String> names, List<String> saved, BaseModel base) {
        EncoderConfig config = base.config();
        Set<String> trained = new TreeSet<>();
        saved.forEach(module -> trained.add(module.substring(module.lastIndexOf('.') + 1)));
        names.stream()
                .filter(name -> expected.containsKey(name) && !OrdinaryLora.isFactor(name))
                .forEach(name -> trained.add(headModule(name, config)));
        Map<String, federa.tensor.Tensor> untrained = new TreeMap<>();
        expected.forEach((name, shape) -> {
            if (!OrdinaryLora.isFactor(name)
                    && !trained.contains(headModule(name, config))
                    && base.head().contains(name)
                    && Arrays.equals(base.head().get(name).shape(), shape)) {
                untrained.put(name, base.head().get(name));
            }
        });
        return untrained;
    }

    private static Map<String, long[]> headShapes(EncoderConfig config, HeadKind head, int outputs) {
        return config.family().headShapes(head, config, outputs);
    }

    /**
     * An adapter as it was read.
     *
     * @param base what the file calls its base model, a name or a path; null if it says nothing of it
     * @param head that it was trained with
     * @param targets of the adapter as its file names them
     * @param classes of its head, unnamed unless this project wrote the file: PEFT has no place for their names
     */
    public record Adapter(String base, HeadKind head, List<String> targets, HeadClasses classes, OrdinaryLora lora) {

        /** The names of the adapted layers. */
        public Set<String> layers() {
            return PeftDirectory.layers(lora.tensors());
        }
    }

    /**
     * Reads an adapter for a model: every tensor must have its place in it, and every place of the head its tensor. A module
     * of the head that PEFT did not train, as by default BERT's pooler, is not in its file: it is the base model's.
     *
     * @param head that the adapter must have
     * @param outputs classes of the head, where its kind does not say how many there are
     * @throws InvalidInputException naming the file and the key that is unknown, missing or wrong
     */
    public static Adapter read(Path directory, BaseModel base, HeadKind head, int outputs) {
        EncoderConfig config = base.config();
        PeftConfig adapter = PeftConfig.read(directory);
        if (adapter.head() != null && adapter.head() != head) {
            throw new InvalidInputException("%s: task_type is %s, but the experiment's task needs %s"
                    .formatted(
                            directory.resolve(PeftConfig.FILE),
                            PeftConfig.task(adapter.head()),
                            PeftConfig.task(head)));
        }
        try (Checkpoint checkpoint = Checkpoint.open(weightsIn(directory))) {
            Map<String, String> keys = keys(checkpoint);
            Map<String, long[]> expected =
                    expected(checkpoint, keys, adapter.rank(), config, headShapes(config, head, outputs));
            requireLoaded(checkpoint, adapter, expected.keySet());
            Map<String, federa.tensor.Tensor> tensors = untrained(expected, keys.keySet(), adapter.saved(), base);
            if (!tensors.isEmpty()) {
                LOG.info("{} leaves to the base model: {}", checkpoint.file(), tensors.keySet());
                expected.keySet().removeAll(tensors.keySet());
            }
            expected.forEach((name, shape) -> tensors.put(name, read(checkpoint, keys, name, shape)));
            return new Adapter(
                    adapter.base(),
                    head,
                    adapter.targets(),
                    classes(checkpoint),
                    new OrdinaryLora(adapter.rank(), adapter.alpha(), adapter.scaling(), new TensorMap(tensors)));
        }
    }

    /** Checks that PEFT would load the factors of all layers that have some, since it passes over others in silence. */
    private static void requireLoaded(Checkpoint checkpoint, PeftConfig adapter, Set<String> names) {
        names.stream()
                .filter(OrdinaryLora::isFactor)
                .filter(name -> !adapter.adapted().include(layer(name)))
                .findFirst()
                .ifPresent(name -> {
                    throw new InvalidInputException(
                            "%s has the key %s, but target_modules, exclude_modules and layers_to_transform of %s leave this layer out, so PEFT would not use it; save the adapter again with PEFT"
                                    .formatted(checkpoint.file(), key(name), PeftConfig.FILE));
                });
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

    /** The names of the head's classes as {@link #write} keeps them. */
    private static HeadClasses classes(Checkpoint checkpoint) {
        String names = checkpoint instanceof Safetensors file ? file.metadata().get(CLASSES) : null;
        if (names == null) {
            return HeadClasses.unnamed();
        }
        JsonObject config = new JsonObject();
        config.add(CLASSES, JsonFile.parse(checkpoint.file(), names));
        return HeadClasses.of(config);
    }

    /** The keys of the file by our names. */
    private static Map<String, String> keys(Checkpoint checkpoint) {
        Map<String, String> keys = new TreeMap<>();
        for (String key : checkpoint.names()) {
            String other = keys.put(name(key), key);
            if (other != null) {
                throw new InvalidInputException("%s: %s and %s are two keys of one tensor; save it again with PEFT"
                        .formatted(checkpoint.file(), other, key));
            }
        }
        return keys;
    }

    /** The tensors that the file must have, by our names: the head's, and both factors of each layer that has one. */
    private static Map<String, long[]> expected(
            Checkpoint checkpoint, Map<String, String> keys, int rank, EncoderConfig config, Map<String, long[]> head) {
        Map<String, long[]> linear = config.family().linearLayers(config);
        Map<String, long[]> expected = new TreeMap<>(head);
        keys.forEach((name, key) -> {
            boolean pefts = key.startsWith(PREFIX);
            String layer = pefts && OrdinaryLora.isFactor(name) ? layer(name) : "";
            if (linear.containsKey(layer)) {
                expected.put(layer + OrdinaryLora.A, new long[] {rank, linear.get(layer)[1]});
                expected.put(layer + OrdinaryLora.B, new long[] {linear.get(layer)[0], rank});
            } else if (!pefts || !head.containsKey(name)) {
                throw new InvalidInputException(
                        "%s: the key %s has no place in a %s model with this head; the adapter was made for another base model or task"
                                .formatted(checkpoint.file(), key, config.modelType()));
            }
        });
        if (expected.size() == head.size()) {
            throw new InvalidInputException(
                    "%s holds no lora_A and lora_B; save the adapter again with PEFT".formatted(checkpoint.file()));
        }
        return expected;
    }

    /**
     * Our name for a key, the key itself if it is none of PEFT's. A state dict that was saved without PEFT has the name of
     * the adapter, {@code default}, in its keys.
     */
    private static String name(String key) {
        if (!key.startsWith(PREFIX)) {
            return key;
        }
        String name = key.substring(PREFIX.length())
                .replace(".modules_to_save.default.", ".")
                .replace(OrdinaryLora.A + ".default", OrdinaryLora.A)
                .replace(OrdinaryLora.B + ".default", OrdinaryLora.B);
        String factor = name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
        return OrdinaryLora.isFactor(factor) ? factor : name;
    }

    private static federa.tensor.Tensor read(
            Checkpoint checkpoint, Map<String, String> keys, String name, long[] shape) {
        String key = keys.get(name);
        if (key == null) {
            throw new InvalidInputException("%s lacks the key %s; save the adapter again%s"
                    .formatted(
                            checkpoint.file(),
                            key(name),
                            OrdinaryLora.isFactor(name)
                                    ? " with PEFT"
                                    : ", with the head's modules among modules_to_save"));
        }
        Tensor stored = checkpoint.tensor(key);
        if (!Arrays.equals(stored.shape(), shape)) {
            throw new InvalidInputException("%s: %s has shape %s, but this model, rank and number of labels ask for %s"
                    .formatted(checkpoint.file(), key, Arrays.toString(stored.shape()), Arrays.toString(shape)));
        }
        stored.requireFinite(checkpoint.file());
        return new federa.tensor.Tensor(stored.shape(), stored.toFloats());
    }
}
