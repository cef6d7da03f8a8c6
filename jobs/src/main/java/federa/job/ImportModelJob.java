package federa.job;

import federa.config.Check;
import federa.encoder.ModelRef;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Copies a base model into the warehouse. */
@Command(
        name = "import-model",
        mixinStandardHelpOptions = true,
        description =
                "Checks a Hugging Face model directory and copies it into the warehouse, with digests and a card.",
        footer = {"", "Example: federa import-model --name roberta-mini --source model-store/models/roberta-mini"})
public final class ImportModelJob implements Callable<Integer> {

    @Mixin
    private Options.Store store;

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "Its name in the warehouse.")
    private String name;

    @Option(
            names = "--source",
            paramLabel = "DIR",
            required = true,
            description = "Directory with config.json, model.safetensors or pytorch_model.bin, and tokenizer.json,"
                    + " vocab.json with merges.txt, or spm.model: local, hdfs:// or s3a://.")
    private String source;

    public static void main(String[] args) {
        Launch.main(new ImportModelJob(), args);
    }

    @Override
    public Integer call() {
        Check.name("--name", name);
        return store.with("import-model " + name, 1, workspace -> {
            ModelRef model = workspace.models().importModel(name, source);
            System.out.printf("%s  %s  SHA-256 %s%n", model.name(), model.uri(), model.sha256());
            return 0;
        });
    }
}
