package federa.job;

import federa.pipeline.Export;
import federa.pipeline.Scoring;
import federa.spi.InvalidInputException;
import federa.store.Round;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a run's model in the files of other tools. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Writes a run's model as a directory that other tools open.",
        footer = {
            "",
            "peft          a LoRA adapter over the original base model, with the head, for",
            "              runs of lora and federa; FeDeRA's rank r becomes 2r",
            "hugging-face  config.json, model.safetensors and the tokenizer, the adapters",
            "              merged, for transformers and for import-model",
            "djl           the same as TorchScript, for DJL's translators, DJL Serving and",
            "              djl-spark; not for the task mlm",
            "Runs of houlsby and pfeiffer have layers that none of these can hold.",
            "",
            "Example: federa export --run-id quickstart --format peft --out adapter"
        })
public final class ExportJob implements Callable<Integer> {

    @Mixin
    private Options.Store store;

    @Mixin
    private Options.TrainedRun run;

    @Mixin
    private Options.CommittedRound round;

    @Option(names = "--format", paramLabel = "FORMAT", required = true, description = "${COMPLETION-CANDIDATES}.")
    private Export.Format format;

    @Option(
            names = "--base",
            paramLabel = "NAME",
            description = "What a peft directory calls the base model: a name or path that PEFT can load, such as"
                    + " FacebookAI/roberta-base (default: the model's name in the warehouse).")
    private String base;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "The directory to write: local, hdfs:// or s3a://. It must not exist.")
    private String out;

    @Option(names = "--overwrite", description = "Replaces an earlier export.")
    private boolean overwrite;

    public static void main(String[] args) {
        Launch.main(new ExportJob(), args);
    }

    @Override
    public Integer call() {
        String runId = run.id();
        if (base != null && format != Export.Format.PEFT) {
            throw new InvalidInputException("--base is for --format peft only; leave it out");
        }
        return store.withExisting("export " + runId, 1, workspace -> {
            long start = System.nanoTime();
            Scoring scoring = new Scoring(workspace, runId);
            Round.Summary at = round.of(scoring);
            new Export(workspace, scoring).write(at, format, base, out, overwrite);
            System.out.printf("Run %s, round %d, as %s in %s%n", runId, at.number(), format, out);
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("run_id", runId);
            json.put("rounds", at.number());
            json.put("format", format.toString());
            json.put("out", out);
            json.put("seconds", (System.nanoTime() - start) / 1e9);
            Launch.printJson(json);
            return 0;
        });
    }
}
