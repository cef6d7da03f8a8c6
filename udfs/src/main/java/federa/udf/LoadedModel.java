package federa.udf;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.encoder.ModelRef;
import federa.engine.Torch;
import federa.text.Tokenizer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * A base model with its tokenizer in this process's memory, read once and shared by all its tasks. It stays for the
 * life of the process: an executor works for one application, which uses one or two models.
 */
public final class LoadedModel {

    private static final Map<String, LoadedModel> LOADED = new HashMap<>();

    private final Path directory;
    private final BaseModel base;
    private final Tokenizer tokenizer;

    private LoadedModel(Path directory) {
        this.directory = directory;
        NDManager manager = Torch.newManager(Device.cpu());
        base = BaseModel.load(manager, directory);
        tokenizer = Tokenizer.load(directory);
        tokenizer.requireFits(base.config().vocabulary());
    }

    /** The model, read now if this process has not read it yet. */
    public static LoadedModel of(ModelRef model, Configuration hadoop) {
        synchronized (LOADED) {
            return LOADED.computeIfAbsent(model.sha256(), sha -> new LoadedModel(ModelCache.local(model, hadoop)));
        }
    }

    /** The sizes of a model, read without its weights. */
    public static EncoderConfig config(ModelRef model, Configuration hadoop) {
        return EncoderConfig.read(ModelCache.local(model, hadoop));
    }

    /** The local directory that the model was read from. */
    public Path directory() {
        return directory;
    }

    public BaseModel base() {
        return base;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }
}
