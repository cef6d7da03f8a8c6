package federa.store;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;

/** All runs of a warehouse at a glance. Each table is read once, whatever the number of runs. */
public final class Runs {

    private final Tables tables;

    public Runs(Tables tables) {
        this.tables = tables;
    }

    /**
     * A run.
     *
     * @param attempts so far
     * @param startedAt of the first attempt
     * @param config of the last attempt
     * @param rounds committed, in order
     * @param metrics on the test split, of the last round that was evaluated
     * @param validation the metrics on the validation examples, by round
     * @param failure of the last attempt, one line, if its driver could still tell
     */
    public record Glance(
            String runId,
            String method,
            int attempts,
            Instant startedAt,
            String config,
            Instant lastBegunAt,
            List<Committed> rounds,
            Map<String, Double> metrics,
            SortedMap<Integer, Map<String, Double>> validation,
            Optional<String> failure) {}

    /** A committed round of a {@link Glance}. */
    public record Committed(int round, int attempt, Instant at, double seconds) {}

    /** The runs in the order in which they were started. */
    public List<Glance> all() {
        Map<String, List<Row>> rounds = byRun(Table.ROUNDS, "round", "attempt", "committed_at", "seconds");
        Map<String, List<Row>> evaluations = byRun(Table.EVALUATIONS, "round", "attempt", "split", "metric", "value");
        Map<String, List<Row>> failures = byRun(Table.FAILURES, "attempt", "error");
        return byRun(Table.RUNS, "attempt", "started_at", "method", "config").entrySet().stream()
                .map(run -> glance(
                        run.getKey(),
                        run.getValue(),
                        rounds.getOrDefault(run.getKey(), List.of()),
                        evaluations.getOrDefault(run.getKey(), List.of()),
                        failures.getOrDefault(run.getKey(), List.of())))
                .sorted(Comparator.comparing(Glance::startedAt))
                .toList();
    }

    private static Glance glance(
            String runId, List<Row> attempts, List<Row> rounds, List<Row> evaluations, List<Row> failures) {
        Comparator<Row> byAttempt = Comparator.comparing(row -> row.<Integer>getAs("attempt"));
        Row first = attempts.stream().min(byAttempt).orElseThrow();
        Row last = attempts.stream().max(byAttempt).orElseThrow();
        List<Committed> committed = rounds.stream()
                .map(row -> new Committed(
                        row.getAs("round"),
                        row.getAs("attempt"),
                        row.<Timestamp>getAs("committed_at").toInstant(),
                        row.getAs("seconds")))
                .sorted(Comparator.comparingInt(Committed::round))
                .toList();
        return new Glance(
                runId,
                last.getAs("method"),
                last.getAs("attempt"),
                first.<Timestamp>getAs("started_at").toInstant(),
                last.getAs("config"),
                last.<Timestamp>getAs("started_at").toInstant(),
                committed,
                metrics(committed, evaluations, "test").values().stream().reduce(Map.of(), (earlier, later) -> later),
                metrics(committed, evaluations, "validation"),
                failures.stream()
                        .filter(row -> row.getAs("attempt").equals(last.getAs("attempt")))
                        .map(row -> row.<String>getAs("error"))
                        .findFirst());
    }

    private static SortedMap<Integer, Map<String, Double>> metrics(
            List<Committed> rounds, List<Row> evaluations, String split) {
        Map<Integer, Integer> attempts =
                rounds.stream().collect(Collectors.toMap(Committed::round, Committed::attempt));
        SortedMap<Integer, Map<String, Double>> byRound = new TreeMap<>();
        for (Row row : evaluations) {
            int round = row.getAs("round");
            if (row.getAs("attempt").equals(attempts.get(round))
                    && row.getAs("split").equals(split)) {
                byRound.computeIfAbsent(round, r -> new TreeMap<>()).put(row.getAs("metric"), row.getAs("value"));
            }
        }
        return byRound;
    }

    private Map<String, List<Row>> byRun(Table table, String... columns) {
        return tables.read(table).map(rows -> rows.select("run_id", columns).collectAsList()).orElse(List.of()).stream()
                .collect(Collectors.groupingBy(row -> row.<String>getAs("run_id")));
    }
}
