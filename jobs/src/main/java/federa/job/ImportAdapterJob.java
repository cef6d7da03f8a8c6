package federa.job;

import federa.config.Experiment;
import federa.pipeline.AdapterImport;
import federa.pipeline.Results;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a LoRA from elsewhere the start of a run. */
@Command(
        name = "import-adapter",
        mixinStandardHelpOptions = true,
        description = "Makes a LoRA adapter that PEFT wrote the start (round 0) of a run, evaluated on the test split.",
        footer = {
            "",
            "The run can then be evaluated, score a table, be exported, and be trained",
            "further with the same --conf, --set and --run-id. The model and the data set",
            "must be in the warehouse (import-model, prepare). The adapter's classes are those",
            "of the base model's config.json (id2label), or numbers that the data's labels",
            "are; if neither, model.head-labels=by-position takes them in the labels' order.",
            "The experiment's method must be the adapter's: if it is not, the message says",
            "what to add.",
            "",
            "Example: federa import-adapter --conf my.yaml --run-id imported --source adapter"
        })
public final class ImportAdapterJob implements Callable<Integer> {

    @Mixin
    private Options.Conf conf;

    @Mixin
    private Options.Store store;

    @Mixin
    private Options.Run run;

    @Option(
            names = "--source",
            paramLabel = "DIR",
            required = true,
            description = "Directory with adapter_config.json and adapter_model.safetensors: local, hdfs:// or s3a://.")
    private String source;

    @Option(
            names = "--base",
            paramLabel = "NAME",
            description =
                    "What the adapter calls the experiment's base model (default: the model's name, after a slash or"
                            + " without one).")
    private String base;

    public static void main(String[] args) {
        Launch.main(new ImportAdapterJob(), args);
    }

    @Override
    public Integer call() {
        Experiment experiment = conf.read(store).bind();
        String runId = run.orNameOf(experiment);
        return store.withExisting(
                "import-adapter " + runId, experiment.compute().threads(), workspace -> {
                    long start = System.nanoTime();
                    new AdapterImport(workspace).importAdapter(experiment, runId, source, base);
                    Results results = Results.of(workspace, runId);
                    System.out.printf(
                            "Run %s starts with the adapter: %s %.4f%n",
                            runId,
                            results.metric(),
                            results.metric(results.metric(), 0).orElseThrow());
                    Launch.printJson(TrainJob.summary(results, start));
                    return 0;
                });
    }
}
