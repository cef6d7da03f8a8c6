package federa.job;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import federa.checkpoint.Safetensors;
import federa.checkpoint.Tensor;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.engine.Torch;
import federa.spi.InvalidInputException;
import federa.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a model directory of freshly drawn weights, to be pre-trained or to try a size out. */
@Command(
        name = "init-model",
        mixinStandardHelpOptions = true,
        description = "Writes a Hugging Face model directory with random weights in the sizes of a config.json.",
        footer = {
            "",
            "Pre-train it with task.kind mlm. The published sizes are in model-store/models/configs.",
            "Example: federa init-model --config model-store/models/roberta-mini --tokenizer model-store/models/roberta-mini"
                    + " --seed 1 --output fresh"
        })
public final class InitModelJob implements Callable<Integer> {

    @Option(names = "--config", paramLabel = "DIR", required = true, description = "Directory with the config.json.")
    private Path config;

    @Option(
            names = "--tokenizer",
            paramLabel = "DIR",
            required = true,
            description = "Directory with tokenizer.json, vocab.json with merges.txt, spm.model or vocab.txt.")
    private Path tokenizer;

    @Option(names = "--seed", paramLabel = "N", required = true, description = "The same seed gives the same weights.")
    private long seed;

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "A directory that is not there yet.")
    private Path output;

    public static void main(String[] args) {
        Launch.main(new InitModelJob(), args);
    }

    @Override
    public Integer call() {
        if (Files.exists(output)) {
            throw new InvalidInputException("--output %s exists already; remove it or name another".formatted(output));
        }
        EncoderConfig sizes = EncoderConfig.read(config);
        try (Tokenizer loaded = Tokenizer.load(tokenizer)) {
            loaded.requireFits(sizes.vocabulary());
        }
        try {
            Path staged = Files.createTempDirectory(output.toAbsolutePath().getParent(), ".federa-init-");
            Files.copy(config.resolve("config.json"), staged.resolve("config.json"));
            copyTokenizer(staged);
            Safetensors.write(staged.resolve("model.safetensors"), weights(sizes));
            Files.move(staged, output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write --output " + output, e);
        }
        System.out.printf("%s  %s%n", output, sizes);
        return 0;
    }

    private void copyTokenizer(Path to) throws IOException {
        for (String name : Tokenizer.FILES) {
            if (Files.exists(tokenizer.resolve(name))) {
                Files.copy(tokenizer.resolve(name), to.resolve(name));
            }
        }
    }

    private List<Tensor> weights(EncoderConfig sizes) {
        List<Tensor> tensors = new ArrayList<>();
        try (NDManager manager = Torch.newManager(Device.cpu());
                BaseModel model = BaseModel.random(manager, sizes, seed)) {
            model.toTensors()
                    .asMap()
                    .forEach((name, tensor) -> tensors.add(Tensor.ofFloats(name, tensor.values(), tensor.shape())));
        }
        return tensors;
    }
}
