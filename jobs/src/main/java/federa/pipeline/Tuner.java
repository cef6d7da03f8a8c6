package federa.pipeline;

import federa.config.GridFile;
import federa.config.GridFile.Candidate;
import federa.config.GridFile.Tuning;
import federa.store.Table;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Settles keys of a grid's cells by runs of their own: of several candidates the one whose last round does best on the
 * examples that the clients hold out of their training. The test split is not evaluated for it.
 */
public final class Tuner {

    private final Workspace workspace;
    private final SideBySide sideBySide;

    public Tuner(Workspace workspace, SideBySide sideBySide) {
        this.workspace = workspace;
        this.sideBySide = sideBySide;
    }

    /**
     * Trains all candidates, and stores what came of them in {@link Table#TUNINGS}.
     *
     * @param comparison name of the grid
     * @return the best candidate's keys, by {@link Tuning#values}; nothing for a tuning of which all runs failed
     */
    public Map<Map<String, String>, Map<String, Object>> settle(String comparison, List<Tuning> tunings) {
        if (tunings.isEmpty()) {
            return Map.of();
        }
        List<GridFile.Cell> runs = tunings.stream()
                .flatMap(tuning -> tuning.candidates().stream())
                .map(Candidate::run)
                .toList();
        Map<String, String> failures = sideBySide.train("tuning", runs);
        Map<Map<String, String>, Map<String, Object>> settled = new LinkedHashMap<>();
        List<Row> rows = new ArrayList<>();
        int edition = Editions.next(workspace.tables(), Table.TUNINGS, comparison);
        for (Tuning tuning : tunings) {
            Map<Candidate, Judged> judged = new LinkedHashMap<>();
            for (Candidate candidate : tuning.candidates()) {
                if (!failures.containsKey(candidate.run().runId())) {
                    judged.put(candidate, judged(candidate));
                }
            }
            Optional<Candidate> best = best(judged);
            best.ifPresent(candidate -> settled.put(tuning.values(), candidate.keys()));
            for (Candidate candidate : tuning.candidates()) {
                Optional<Judged> of = Optional.ofNullable(judged.get(candidate));
                rows.add(RowFactory.create(
                        comparison,
                        edition,
                        Timestamp.from(Instant.now()),
                        tuning.values(),
                        texts(candidate.keys()),
                        candidate.run().runId(),
                        candidate.run().seed(),
                        of.map(Judged::round).orElse(null),
                        of.map(Judged::metric).orElse(null),
                        of.map(Judged::validation).orElse(null),
                        best.filter(candidate::equals).isPresent()));
            }
        }
        workspace.tables().append(Table.TUNINGS, rows, comparison, edition);
        return settled;
    }

    /** What a candidate's run came to on the validation examples. */
    private record Judged(int round, String metric, double validation) {}

    private Judged judged(Candidate candidate) {
        Results results = Results.of(workspace, candidate.run().runId());
        int round = results.last().number();
        return new Judged(round, results.metric(), results.validation(round).orElse(Double.NaN));
    }

    /** Of equal ones the first; one that has no number never. */
    private static Optional<Candidate> best(Map<Candidate, Judged> judged) {
        Candidate best = null;
        for (Candidate candidate : judged.keySet()) {
            double value = judged.get(candidate).validation();
            if (!Double.isNaN(value)
                    && (best == null || value > judged.get(best).validation())) {
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    private static Map<String, String> texts(Map<String, Object> keys) {
        Map<String, String> texts = new TreeMap<>();
        keys.forEach((key, value) -> texts.put(key, String.valueOf(value)));
        return texts;
    }
}
