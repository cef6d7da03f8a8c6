package federa.job;

import federa.config.Experiment;
import federa.pipeline.Datasets;
import federa.pipeline.Partitions;
import federa.pipeline.Partitions.Client;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Divides a data set among clients. */
@Command(
        name = "partition",
        mixinStandardHelpOptions = true,
        resourceBundle = ChoiceNames.BUNDLE,
        description = "Divides a prepared data set's train split among clients, as Parquet files by client_id.",
        footer = {
            "",
            "Kinds of partition: ${bundle:divisions}.",
            "Clients of the kind resident have their files on the workers, under $FEDERA_CLIENTS, and are counted there.",
            "Example: federa partition --conf conf/experiments/quickstart.yaml --set partition.alpha=0.1"
        })
public final class PartitionJob implements Callable<Integer> {

    @Mixin
    private Options.Conf conf;

    @Mixin
    private Options.Store store;

    public static void main(String[] args) {
        Launch.main(new PartitionJob(), args);
    }

    @Override
    public Integer call() {
        Experiment experiment = conf.read(store).bind();
        return store.withExisting("partition " + experiment.data().name(), 1, workspace -> {
            Datasets.Stored data =
                    new Datasets(workspace).open(experiment.data().name());
            Partitions partitions = new Partitions(workspace);
            Partitions.Stored partition = partitions.divide(experiment, data);
            print(partition, partitions.clients(partition.id()));
            System.out.println(
                    experiment.partition().partitioner().isEmpty()
                            ? "on the workers, under $FEDERA_CLIENTS/" + data.name()
                            : partition.directory());
            return 0;
        });
    }

    private static void print(Partitions.Stored partition, List<Client> clients) {
        IntSummaryStatistics sizes =
                clients.stream().mapToInt(client -> (int) client.numExamples()).summaryStatistics();
        IntSummaryStatistics groups =
                clients.stream().mapToInt(client -> client.histogram().size()).summaryStatistics();
        System.out.printf(
                "%s: %d clients, %d with examples; %d to %d examples (mean %.1f), %d to %d labels or clusters (mean %.1f) a"
                        + " client, mean Jensen-Shannon distance %.3f%n",
                partition.id(),
                sizes.getCount(),
                partition.withExamples().size(),
                sizes.getMin(),
                sizes.getMax(),
                sizes.getAverage(),
                groups.getMin(),
                groups.getMax(),
                groups.getAverage(),
                clients.stream()
                        .mapToDouble(Client::jsDistance)
                        .filter(Double::isFinite)
                        .average()
                        .orElse(0));
    }
}
