package federa.job;

import picocli.CommandLine.Command;

/** Speed figures, one JSON line each. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures speed and memory; prints one JSON line, or a table of all.",
        subcommands = {
            BenchStepJob.class,
            BenchEpochJob.class,
            BenchInitJob.class,
            BenchRoundJob.class,
            BenchAggregateJob.class,
            BenchPartitionJob.class,
            BenchScoreJob.class,
            BenchStartJob.class,
            BenchAllJob.class
        })
public final class BenchJob {

    public static void main(String[] args) {
        Launch.main(new BenchJob(), args);
    }
}
