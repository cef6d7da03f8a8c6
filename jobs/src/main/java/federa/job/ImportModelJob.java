package federa.job;

import federa.config.Check;
import federa.config.Experiment;
import federa.encoder.HeadLabels;
import federa.encoder.ModelRef;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Copies a base model into the warehouse. */
@Command(
        name = "import-model",
        mixinStandardHelpOptions = true,
        description =
                "Checks a Hugging Face model directory and copies it into the warehouse, with digests and a card.",
        footer = {
            "",
            "Examples: federa import-model --conf conf/experiments/quickstart.yaml",
            "          federa import-model --name roberta-mini --source model-store/models/roberta-mini"
        })
public final class ImportModelJob implements Callable<Integer> {

    @Mixin
    private Options.Store store;

    @ArgGroup(multiplicity = "1")
    private Which which;

    /** Named by an experiment, or here. */
    private static final class Which {

        @ArgGroup(exclusive = false)
        private Options.Conf conf;

        @ArgGroup(exclusive = false)
        private Named named;

        Experiment.Model asked() {
            if (conf != null) {
                return conf.read().bind().model();
            }
            Check.name("--name", named.name);
            return new Experiment.Model(named.name, named.source, HeadLabels.BY_NAME);
        }
    }

    private static final class Named {

        @Option(names = "--name", paramLabel = "NAME", required = true, description = "Its name in the warehouse.")
        private String name;

        @Option(
                names = "--source",
                paramLabel = "DIR",
                required = true,
                description = "Directory with config.json, model.safetensors or pytorch_model.bin (or the index of"
                        + " either and its files), and tokenizer.json, vocab.json with merges.txt, spm.model or vocab.txt:"
                        + " local, hdfs:// or s3a://.")
        private String source;
    }

    public static void main(String[] args) {
        Launch.main(new ImportModelJob(), args);
    }

    @Override
    public Integer call() {
        Experiment.Model asked = which.asked();
        return store.with("import-model " + asked.name(), 1, workspace -> {
            ModelRef model = workspace.models().importModel(asked.name(), asked.source());
            System.out.printf("%s  %s  SHA-256 %s%n", model.name(), model.uri(), model.sha256());
            return 0;
        });
    }
}
