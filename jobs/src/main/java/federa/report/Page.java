package federa.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The data island of the page: a {@link Report}, sorted, with everything computed that needs a test. */
record Page(String title, String created, List<Run> runs, List<Target> targets, Partition partition) {
    /** More failures than this are counted, not listed. */
    static final int MAX_FAULTS = 500;

    /** A run without its many client updates; of those stay the failures and the spread of times. */
    record Run(
            String runId,
            String method,
            String model,
            String metric,
            long trainableParameters,
            long totalParameters,
            List<Round> rounds,
            List<Evaluation> evaluations,
            List<ClientUpdate> faults,
            int faultsNotListed,
            List<ClientSeconds> clientSeconds,
            List<List<String>> provenance) {}

    /** Local training time of the clients that finished a round. */
    record ClientSeconds(int round, double median, double slowest) {}

    /** Clients x labels as rows of counts, so that no label is ever a key. */
    record Partition(String description, List<String> labels, List<Client> clients) {}

    record Client(int client, long examples, double jsDistance, List<Long> counts) {}

    static Page of(Report report) {
        return new Page(
                report.title(),
                report.created().toString(),
                report.runs().stream().map(Page::run).toList(),
                Target.of(report.runs()),
                partition(report.partition()));
    }

    private static Run run(RunHistory run) {
        List<ClientUpdate> faults = run.updates().stream()
                .filter(ClientUpdate::failed)
                .sorted(Comparator.comparingInt(ClientUpdate::round).thenComparingInt(ClientUpdate::client))
                .toList();
        int listed = Math.min(MAX_FAULTS, faults.size());
        return new Run(
                run.runId(),
                run.method(),
                run.model(),
                run.metric(),
                run.trainableParameters(),
                run.totalParameters(),
                run.rounds().stream()
                        .sorted(Comparator.comparingInt(Round::round))
                        .toList(),
                run.evaluations().stream()
                        .sorted(Comparator.comparingInt(Evaluation::round))
                        .toList(),
                faults.subList(0, listed),
                faults.size() - listed,
                clientSeconds(run.updates()),
                run.provenance().entrySet().stream()
                        .map(entry -> List.of(entry.getKey(), String.valueOf(entry.getValue())))
                        .toList());
    }

    static List<ClientSeconds> clientSeconds(List<ClientUpdate> updates) {
        Map<Integer, List<Double>> byRound = updates.stream()
                .filter(update -> !update.failed() && Double.isFinite(update.seconds()))
                .collect(Collectors.groupingBy(
                        ClientUpdate::round,
                        TreeMap::new,
                        Collectors.mapping(ClientUpdate::seconds, Collectors.toList())));
        List<ClientSeconds> spread = new ArrayList<>();
        byRound.forEach((round, seconds) -> {
            double[] sorted =
                    seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            spread.add(new ClientSeconds(round, median(sorted), sorted[sorted.length - 1]));
        });
        return spread;
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static Partition partition(PartitionStats partition) {
        Set<String> labels = new LinkedHashSet<>(partition.labels());
        partition.clients().forEach(client -> labels.addAll(client.histogram().keySet()));
        List<Client> clients = partition.clients().stream()
                .sorted(Comparator.comparingInt(ClientStats::client))
                .map(client -> new Client(
                        client.client(),
                        client.examples(),
                        client.jsDistance(),
                        labels.stream()
                                .map(label -> client.histogram().getOrDefault(label, 0L))
                                .toList()))
                .toList();
        return new Partition(partition.description(), List.copyOf(labels), clients);
    }
}
