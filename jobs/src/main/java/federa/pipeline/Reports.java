package federa.pipeline;

import federa.federated.BestRound;
import federa.report.ClientEvaluations;
import federa.report.ClientStats;
import federa.report.ClientUpdate;
import federa.report.Evaluation;
import federa.report.HtmlReport;
import federa.report.PartitionStats;
import federa.report.Report;
import federa.report.Round;
import federa.report.RunHistory;
import federa.report.Target;
import federa.store.Locations;
import federa.store.RunStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** Draws runs from the tables as one HTML page in the warehouse's {@code reports/}. */
public final class Reports {

    private final Workspace workspace;

    public Reports(Workspace workspace) {
        this.workspace = workspace;
    }

    /** Writes the page of these runs and returns its path; runs of another partition than the first share its charts. */
    public Path write(String name, List<Results> runs) {
        PartitionStats partition = partition(runs.get(0));
        List<RunHistory> histories =
                runs.stream().map(run -> history(run, clientEvaluations(run))).toList();
        Path file = workspace.warehouse().report(name);
        String page = HtmlReport.html(new Report(name, Instant.now(), histories, partition));
        write(workspace, file, page);
        return file;
    }

    /** Writes a file of a report in one step: nobody sees a part of it. */
    static void write(Workspace workspace, Path file, String text) {
        try {
            Locations.write(workspace.warehouse().fileSystem(), file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("cannot write the report %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** What each run spent until it reached targets that they have in common. */
    public static List<Target> targets(List<Results> runs) {
        return Target.of(
                runs.stream().map(run -> history(run, ClientEvaluations.NONE)).toList());
    }

    private ClientEvaluations clientEvaluations(Results run) {
        List<ClientEvaluations.Value> values = new ArrayList<>();
        new RunStore(workspace.tables(), run.runId())
                .clientEvaluations(run.rounds(), run.metric())
                .forEach((round, clients) -> clients.forEach(
                        client -> values.add(new ClientEvaluations.Value(round, client.client(), client.value()))));
        if (values.isEmpty()) {
            return ClientEvaluations.NONE;
        }
        int clients = new Partitions(workspace)
                .find(run.attempt().partitionId())
                .map(partition -> partition.withExamples().size())
                // A saved model's warehouse has the run without its partition.
                .orElseGet(() -> (int) values.stream()
                        .mapToInt(ClientEvaluations.Value::client)
                        .distinct()
                        .count());
        return new ClientEvaluations(clients, values);
    }

    private PartitionStats partition(Results run) {
        String id = run.attempt().partitionId();
        List<Partitions.Client> clients = new Partitions(workspace).clients(id);
        if (clients.isEmpty()) {
            return PartitionStats.NONE;
        }
        return new PartitionStats(
                String.format(Locale.ROOT, "%s: %d clients", id, clients.size()),
                run.experiment().partition().skewColumn(),
                clients.stream()
                        .flatMap(client -> client.histogram().keySet().stream())
                        .distinct()
                        .sorted()
                        .toList(),
                clients.stream()
                        .map(c -> new ClientStats(c.id(), c.numExamples(), c.histogram(), c.jsDistance()))
                        .toList());
    }

    private static RunHistory history(Results run, ClientEvaluations clientEvaluations) {
        List<Round> rounds = run.rounds().stream()
                .filter(round -> round.number() > 0 || round.clients() > 0) // a solved head has its cost
                .map(Reports::round)
                .toList();
        List<Evaluation> evaluations = new ArrayList<>();
        run.evaluations().forEach((round, metrics) -> {
            double loss = run.metric("loss", round).orElse(Double.NaN);
            run.validation(round)
                    .ifPresent(value ->
                            evaluations.add(new Evaluation(round, "validation " + run.metric(), value, Double.NaN)));
            metrics.stream()
                    .filter(metric ->
                            metric.split().equals("test") && !metric.metric().equals("loss"))
                    .forEach(metric -> evaluations.add(new Evaluation(round, metric.metric(), metric.value(), loss)));
        });
        List<ClientUpdate> updates = new ArrayList<>();
        run.updates().forEach((round, clients) -> clients.stream()
                .filter(u -> round > 0 || !u.ok()) // who helped to solve the head did not train
                .forEach(u -> updates.add(new ClientUpdate(
                        round,
                        u.client(),
                        u.status(),
                        u.numExamples(),
                        u.lossFirst(),
                        u.lossLast(),
                        u.seconds(),
                        u.host(),
                        u.error()))));
        return new RunHistory(
                run.runId(),
                run.attempt().method(),
                run.attempt().model(),
                run.metric(),
                run.attempt().trainableParameters(),
                run.attempt().totalParameters(),
                rounds,
                evaluations,
                updates,
                clientEvaluations,
                run.best().stream().mapToInt(BestRound::round).findFirst(),
                provenance(run));
    }

    private static Round round(federa.store.Round.Summary round) {
        return new Round(
                round.number(),
                round.clients(),
                round.failedClients(),
                round.numExamples(),
                round.trainLoss(),
                round.bytesUp(),
                round.bytesDown(),
                round.seconds(),
                round.phaseSeconds());
    }

    private static Map<String, String> provenance(Results run) {
        Map<String, String> provenance = new TreeMap<>(run.attempt().versions());
        provenance.put("model SHA-256", run.attempt().modelSha256());
        provenance.put("data set", run.attempt().dataset() + " " + run.attempt().dataFingerprint());
        provenance.put("partition", run.attempt().partitionId());
        provenance.put("adapters SHA-256", run.last().adaptersSha256());
        run.best()
                .ifPresent(best -> provenance.put(
                        "best round",
                        String.format(
                                Locale.ROOT,
                                "%d, by %s %.4f on the validation examples",
                                best.round(),
                                run.metric(),
                                best.value())));
        provenance.put("configuration", run.attempt().config());
        return provenance;
    }
}
