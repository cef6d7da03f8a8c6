package federa.job;

import picocli.CommandLine.Command;

/** Speed figures, one JSON line each. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures speed and memory; prints one JSON line.",
        subcommands = {BenchStepJob.class, BenchInitJob.class, BenchAggregateJob.class, BenchPartitionJob.class})
public final class BenchJob {

    public static void main(String[] args) {
        Launch.main(new BenchJob(), args);
    }
}
