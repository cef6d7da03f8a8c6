package federa.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The data island of the page: a {@link Report}, sorted, with everything computed that needs a test. */
record Page(String title, String created, List<Run> runs, List<Target> targets, Partition partition) {
    /** More failures than this are counted, not listed. */
    static final int MAX_FAULTS = 500;

    /** A run without its many client updates; of those stay the failures, and the spreads of times and losses. */
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
            List<ClientLoss> clientLosses,
            List<Arrival> arrivals,
            ClientLoss lastArrivals,
            List<ClientSpread> clientSpreads,
            Integer bestRound,
            List<List<String>> provenance) {}

    /** Local training time of the clients that finished a round. */
    record ClientSeconds(int round, double median, double slowest) {}

    /** Loss of the global model on arrival at clients, before they train; the worst tenth of them is at least one. */
    record ClientLoss(int round, double mean, double worstDecile) {
        /** Of losses in ascending order; NaN if there are none. */
        static ClientLoss of(int round, double[] sorted) {
            int better = sorted.length - (sorted.length + 9) / 10;
            return new ClientLoss(
                    round,
                    Arrays.stream(sorted).average().orElse(Double.NaN),
                    Arrays.stream(sorted).skip(better).average().orElse(Double.NaN));
        }
    }

    /**
     * A metric of the global model on each client's own validation examples. Quartiles are interpolated between two clients, as
     * SQL's {@code percentile} does.
     *
     * @param clients that were evaluated
     * @param leftOut that have examples, but held none out or were away
     * @param worstDecile mean of the worst tenth of the clients, which is at least one
     */
    record ClientSpread(
            int round,
            int clients,
            int leftOut,
            double mean,
            double worstDecile,
            double least,
            double lowerQuartile,
            double median,
            double upperQuartile,
            double most) {

        /** Of at least one value, in ascending order. */
        static ClientSpread of(int round, double[] sorted, int clients) {
            return new ClientSpread(
                    round,
                    sorted.length,
                    clients - sorted.length,
                    Arrays.stream(sorted).average().orElseThrow(),
                    Arrays.stream(sorted, 0, (sorted.length + 9) / 10).average().orElseThrow(),
                    sorted[0],
                    percentile(sorted, 0.25),
                    percentile(sorted, 0.5),
                    percentile(sorted, 0.75),
                    sorted[sorted.length - 1]);
        }
    }

    /** The last global model that a client received and finished training, and its loss there on arrival. */
    record Arrival(int client, int round, double loss) {}

    /** Clients x labels, or clusters, as rows of counts, so that no label is ever a key. */
    record Partition(String description, String counted, List<String> labels, List<Client> clients) {}

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
        List<Arrival> arrivals = arrivals(run.updates());
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
                clientLosses(run.updates()),
                arrivals,
                ClientLoss.of(
                        arrivals.stream().mapToInt(Arrival::round).max().orElse(0),
                        arrivals.stream().mapToDouble(Arrival::loss).toArray()),
                clientSpreads(run.clientEvaluations()),
                run.bestRound().isPresent() ? run.bestRound().getAsInt() : null,
                run.provenance().entrySet().stream()
                        .map(entry -> List.of(entry.getKey(), String.valueOf(entry.getValue())))
                        .toList());
    }

    static List<ClientSeconds> clientSeconds(List<ClientUpdate> updates) {
        List<ClientSeconds> spread = new ArrayList<>();
        byRound(updates, ClientUpdate::seconds)
                .forEach((round, sorted) ->
                        spread.add(new ClientSeconds(round, percentile(sorted, 0.5), sorted[sorted.length - 1])));
        return spread;
    }

    static List<ClientLoss> clientLosses(List<ClientUpdate> updates) {
        List<ClientLoss> spread = new ArrayList<>();
        byRound(updates, ClientUpdate::lossFirst).forEach((round, sorted) -> spread.add(ClientLoss.of(round, sorted)));
        return spread;
    }

    static List<ClientSpread> clientSpreads(ClientEvaluations evaluations) {
        Map<Integer, List<Double>> byRound = evaluations.values().stream()
                .filter(of -> Double.isFinite(of.value()))
                .collect(Collectors.groupingBy(
                        ClientEvaluations.Value::round,
                        TreeMap::new,
                        Collectors.mapping(ClientEvaluations.Value::value, Collectors.toList())));
        List<ClientSpread> spreads = new ArrayList<>();
        byRound.forEach((round, values) -> spreads.add(ClientSpread.of(
                round, values.stream().mapToDouble(Double::doubleValue).sorted().toArray(), evaluations.clients())));
        return spreads;
    }

    /** By loss, the best first. */
    static List<Arrival> arrivals(List<ClientUpdate> updates) {
        Map<Integer, Arrival> last = new TreeMap<>();
        updates.stream()
                .filter(update -> !update.failed() && Double.isFinite(update.lossFirst()))
                .sorted(Comparator.comparingInt(ClientUpdate::round))
                .forEach(update ->
                        last.put(update.client(), new Arrival(update.client(), update.round(), update.lossFirst())));
        return last.values().stream()
                .sorted(Comparator.comparingDouble(Arrival::loss))
                .toList();
    }

    /** The finite values of the clients that finished, sorted, by round. */
    private static Map<Integer, double[]> byRound(List<ClientUpdate> updates, ToDoubleFunction<ClientUpdate> value) {
        Map<Integer, double[]> byRound = new TreeMap<>();
        updates.stream()
                .filter(update -> !update.failed() && Double.isFinite(value.applyAsDouble(update)))
                .collect(Collectors.groupingBy(ClientUpdate::round))
                .forEach((round, finished) -> byRound.put(
                        round, finished.stream().mapToDouble(value).sorted().toArray()));
        return byRound;
    }

    /** The value below which this share lies; between two values it is interpolated. */
    private static double percentile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
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
        return new Partition(partition.description(), partition.counted(), List.copyOf(labels), clients);
    }
}
