package federa.udf;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.encoder.HeadClasses;
import federa.encoder.ModelRef;
import federa.engine.Torch;
import federa.spi.InvalidInputException;
import federa.task.Task;
import federa.text.Tokenizer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A base model with its tokenizer in this process's memory, read once and shared by all its tasks. It stays for the
 * life of the process: an executor works for one application, which uses one or two models.
 */
public final class LoadedModel {

    private static final Logger LOG = LoggerFactory.getLogger(LoadedModel.class);
    private static final Map<Key, LoadedModel> LOADED = new HashMap<>();

    private final BaseModel base;
    private final Tokenizer tokenizer;
    private final HeadClasses classes;

    private record Key(String sha256, Device device) {}

    private LoadedModel(Path directory, Device device) {
        NDManager manager = Torch.newManager(device);
        base = BaseModel.load(manager, directory);
        tokenizer = Tokenizer.load(directory);
        tokenizer.requireFits(base.config().vocabulary());
        classes = HeadClasses.read(directory);
    }

    /** The model on the CPU, read now if this process has not read it yet. */
    public static LoadedModel of(ModelRef model, Configuration hadoop) {
        return of(model, Device.cpu(), hadoop);
    }

    /** The model on a device, read now if this process has not read it yet. */
    static LoadedModel of(ModelRef model, Device device, Configuration hadoop) {
        synchronized (LOADED) {
            return LOADED.computeIfAbsent(new Key(model.sha256(), device), key -> {
                LOG.debug("read base model {}", model.name());
                return new LoadedModel(ModelCache.local(model, hadoop), device);
            });
        }
    }

    /** The sizes of a model, read without its weights. */
    public static EncoderConfig config(ModelRef model, Configuration hadoop) {
        return EncoderConfig.read(ModelCache.local(model, hadoop));
    }

    /**
     * Checks a task's settings against the special tokens of the model's tokenizer.
     *
     * @throws InvalidInputException naming the keys that do not agree
     */
    public void requireFits(Task task, int maxTokens) {
        task.requireFits(maxTokens, task.specialTokens(tokenizer));
    }

    /** A local directory with the model's files. */
    public static Path directory(ModelRef model, Configuration hadoop) {
        return ModelCache.local(model, hadoop);
    }

    public BaseModel base() {
        return base;
    }

    /** The classes of the head that came with the model, if one did. */
    public HeadClasses classes() {
        return classes;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }
}
