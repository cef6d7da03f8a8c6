package federa.job;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** All jobs under one name: {@code federa JOB --help} teaches each. */
@Command(
        name = "federa",
        description = "Federated, parameter-efficient fine-tuning of language models on Spark.",
        synopsisSubcommandLabel = "JOB",
        mixinStandardHelpOptions = true,
        subcommands = {
            InitJob.class,
            ConfigJob.class,
            RunJob.class,
            CompareJob.class,
            InitModelJob.class,
            ImportModelJob.class,
            PrepareJob.class,
            PartitionJob.class,
            TrainJob.class,
            EvaluateJob.class,
            ScoreJob.class,
            ReportJob.class,
            ExportJob.class,
            ImportAdapterJob.class,
            RunsJob.class,
            RoundsJob.class,
            DoctorJob.class,
            BenchJob.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Start with: ./federa quickstart. With your own data: ./federa init --help",
            "Exit codes: 0 done, 2 the command line, configuration or data must be mended, 1 anything else."
        })
public final class Federa {

    public static void main(String[] args) {
        Launch.main(new Federa(), args);
    }
}
