package federa.job;

import federa.compare.Comparison;
import federa.compare.Scenario;
import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.config.Grid;
import federa.config.GridFile;
import federa.config.ProfilesFile;
import federa.pipeline.Comparisons;
import federa.pipeline.Datasets;
import federa.pipeline.Estimates;
import federa.pipeline.Models;
import federa.pipeline.SideBySide;
import federa.pipeline.Training;
import federa.pipeline.Tuner;
import federa.pipeline.Workspace;
import federa.spi.InvalidInputException;
import federa.store.Locations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a grid of experiments and compares what came of them. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Trains every cell of a grid (method x model x data x ... x seed) and compares them.",
        footer = {
            "",
            "A grid file names the experiment it is based on, axes with named values that set keys, the axes to compare,",
            "and seeds. What it lists under tune is settled first, by the examples that clients hold out of their training;",
            "the test split is not evaluated for that. All cells of a seed have the same clients, samples and orders.",
            "",
            "Cells are ordinary runs, named GRID-VALUES-sSEED: the jobs runs, rounds and report know them. Kill it at any",
            "moment and start it again: what is finished is not trained again. A cell that fails leaves the others alone;",
            "the exit code is then 1. A candidate that fails is not chosen. Times that devices are judged by are best",
            "measured with --parallel 1.",
            "",
            "Example: federa compare --conf conf/experiments/heads.yaml --dry-run"
        })
public final class CompareJob implements Callable<Integer> {

    @Option(
            names = "--conf",
            paramLabel = "FILE",
            required = true,
            description = "Grid file, such as conf/experiments/paper-small.yaml.")
    private String conf;

    @Mixin
    private Options.Store store;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "1",
            description = "Runs side by side in this Spark application (default: ${DEFAULT-VALUE}).")
    private int parallel;

    @Option(
            names = "--dry-run",
            description = "Trains and writes nothing: lists the runs with the bytes they will move and the hours they"
                    + " will take, as far as runs in the warehouse or a short probe can tell.")
    private boolean dryRun;

    @Mixin
    private Options.Result result;

    public static void main(String[] args) {
        Launch.main(new CompareJob(), args);
    }

    /** What the grid asks for, every run of it bound and checked. */
    private record Asked(
            GridFile grid,
            ExperimentFile base,
            List<GridFile.Tuning> tunings,
            List<GridFile.Cell> cells,
            List<Scenario> scenarios) {

        /** All runs; those whose keys are yet to be tuned with the first candidates. */
        List<GridFile.Cell> runs() {
            return Stream.concat(
                            tunings.stream()
                                    .flatMap(tuning -> tuning.candidates().stream())
                                    .map(GridFile.Candidate::run),
                            cells.stream())
                    .toList();
        }
    }

    @Override
    public Integer call() {
        if (parallel < 1) {
            throw new InvalidInputException("--parallel must be at least 1, got " + parallel);
        }
        Asked asked = asked();
        int threads = threads(asked.runs());
        String job = "compare " + asked.grid().grid().name();
        return dryRun
                ? TemporaryWarehouse.with(threads, probes -> estimate(asked, probes))
                : store.with(job, threads, workspace -> compare(asked, workspace));
    }

    private Asked asked() {
        Path file = Locations.path("--conf", conf);
        GridFile grid = GridFile.parse(conf, Options.text("--conf", file), System::getenv);
        Path base = beside(file, "experiment", grid.grid().experiment());
        ExperimentFile experiment = ExperimentFile.parse(
                        base.toString(), Options.text("experiment", base), System::getenv)
                .on(store.modelTypes());
        List<GridFile.Tuning> tunings = grid.tunings(experiment);
        Map<Map<String, String>, Map<String, Object>> first = new LinkedHashMap<>();
        tunings.forEach(
                tuning -> first.put(tuning.values(), tuning.candidates().get(0).keys()));
        return new Asked(grid, experiment, tunings, grid.cells(experiment, first), scenarios(file, grid.grid()));
    }

    private static List<Scenario> scenarios(Path file, Grid grid) {
        if (grid.devices() == null) {
            return List.of();
        }
        Path profiles = beside(file, "devices", grid.devices());
        return ProfilesFile.parse(profiles.toString(), Options.text("devices", profiles))
                .scenarios();
    }

    private static Path beside(Path grid, String key, String name) {
        Path file = Locations.path(key, name);
        return file.isAbsolute() || grid.getParent() == null ? file : new Path(grid.getParent(), file);
    }

    /** Spark has one number of cores for all tasks of an application. */
    private static int threads(List<GridFile.Cell> runs) {
        List<Integer> threads = runs.stream()
                .map(run -> run.experiment().compute().threads())
                .distinct()
                .toList();
        if (threads.size() > 1) {
            throw new InvalidInputException(
                    "compute.threads must be the same in all cells of a grid, got %s".formatted(threads));
        }
        return threads.get(0);
    }

    private int compare(Asked asked, Workspace workspace) {
        check(asked.runs(), workspace);
        SideBySide sideBySide = new SideBySide(workspace, parallel, asked.runs());
        String name = asked.grid().grid().name();
        List<GridFile.Cell> cells =
                asked.grid().cells(asked.base(), new Tuner(workspace, sideBySide).settle(name, asked.tunings()));
        Map<String, String> failures = new TreeMap<>(sideBySide.train("cell", cells));
        asked.cells().stream()
                .filter(cell -> cells.stream().noneMatch(known -> known.runId().equals(cell.runId())))
                .forEach(cell -> failures.put(cell.runId(), "not trained, since every run of its tuning failed"));
        failures.forEach((run, why) -> System.err.printf("federa: run %s failed: %s%n", run, why));
        List<GridFile.Cell> trained = cells.stream()
                .filter(cell -> !failures.containsKey(cell.runId()))
                .toList();
        Comparison comparison = Comparisons.of(workspace, asked.grid().grid(), trained, asked.scenarios());
        Path page = new Comparisons(workspace).write(comparison, failures);
        ComparisonTable.print(comparison);
        System.out.printf("%nTables  %s/tables%nReport  %s%n", workspace.warehouse(), page);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("comparison", name);
        json.put("cells", asked.cells().size());
        json.put("failed", failures.keySet());
        result.write(json);
        return failures.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** All that can be wrong with a run and be known before the first one trains. */
    private static void check(List<GridFile.Cell> runs, Workspace workspace) {
        runs.stream().map(run -> run.experiment().model()).distinct().forEach(new Models(workspace)::importIfMissing);
        Training training = new Training(workspace);
        runs.forEach(run -> training.requireFitsModel(run.experiment()));
        runs.stream().map(run -> run.experiment().data()).distinct().forEach(new Datasets(workspace)::prepare);
    }

    private int estimate(Asked asked, Workspace probes) {
        Optional<Workspace> warehouse = store.ifThere(probes.spark());
        Estimates estimates = new Estimates(warehouse, probes);
        double bytes = 0;
        double seconds = 0;
        System.out.printf("%-64s %8s %10s %8s  %s%n", "run", "rounds", "GB", "hours", "from");
        for (GridFile.Cell run : asked.runs()) {
            Experiment experiment = run.experiment();
            Estimates.Cost cost = estimates.of(experiment);
            bytes += cost.bytes();
            seconds += cost.seconds();
            System.out.printf(
                    "%-64s %8d %10.3f %8.3f  %s%n",
                    run.runId(),
                    experiment.federation().rounds(),
                    cost.bytes() / 1e9,
                    cost.seconds() / 3600,
                    cost.source());
        }
        System.out.printf(
                Locale.ROOT,
                "%d runs, %.3f GB, about %.2f hours%n",
                asked.runs().size(),
                bytes / 1e9,
                seconds / 3600);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("comparison", asked.grid().grid().name());
        json.put("runs", asked.runs().size());
        json.put("bytes", Math.round(bytes));
        json.put("hours", seconds / 3600);
        result.write(json);
        return ExitCode.OK;
    }
}
