package federa.job;

import federa.config.Check;
import federa.pipeline.Reports;
import federa.pipeline.Results;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Draws runs as one HTML page. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Draws one or more runs as a self-contained HTML page in the warehouse's reports directory.",
        footer = {"", "Example: federa report --run-id quickstart,quickstart-lora --name comparison"})
public final class ReportJob implements Callable<Integer> {

    @Mixin
    private Options.Store store;

    @Option(
            names = "--run-id",
            paramLabel = "ID",
            required = true,
            split = ",",
            description = "The runs, separated by commas or by repeating the option.")
    private List<String> runIds;

    @Option(names = "--name", paramLabel = "NAME", description = "Of the page (default: the first run's id).")
    private String name;

    public static void main(String[] args) {
        Launch.main(new ReportJob(), args);
    }

    @Override
    public Integer call() {
        runIds.forEach(id -> Check.name("--run-id", id));
        if (name != null) {
            Check.name("--name", name);
        }
        return store.withExisting("report", 1, workspace -> {
            List<Results> runs =
                    runIds.stream().map(id -> Results.of(workspace, id)).toList();
            Path page = new Reports(workspace).write(name == null ? runIds.get(0) : name, runs);
            RoundTable.printComparison(runs);
            RoundTable.printTargets(runs);
            System.out.println(page);
            return 0;
        });
    }
}
