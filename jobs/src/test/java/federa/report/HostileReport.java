package federa.report;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Reports that try to break the page: text that is markup, numbers that are none, parts that are missing. */
final class HostileReport {
    static final String TEXT = "</title></script><!--<script><img src=x onerror=\"window.owned=1\">'`${1}$1\\1{{data}}"
            + "&amp;\u2028\u2029\ud83d\ude00\ud800__proto__";

    private HostileReport() {}

    static Report empty() {
        return new Report("Nothing yet", Instant.EPOCH, List.of(), PartitionStats.NONE);
    }

    static Report of() {
        double nan = Double.NaN;
        Map<String, Double> phases = Map.of("train", nan, TEXT, 1.0, "__proto__", 2.0);
        RunHistory hostile = new RunHistory(
                TEXT,
                TEXT,
                TEXT,
                TEXT,
                5,
                0,
                List.of(new Round(1, 3, 2, 0, nan, 0, 0, nan, phases), new Round(2, 0, 0, 0, 1, 1, 1, 1, Map.of())),
                List.of(
                        new Evaluation(1, TEXT, nan, nan),
                        new Evaluation(2, TEXT, 0.5, Double.POSITIVE_INFINITY),
                        new Evaluation(2, "__proto__", 0.5, 1)),
                List.of(new ClientUpdate(1, 0, TEXT, 0, nan, nan, nan, TEXT, TEXT)),
                new ClientEvaluations(
                        1, List.of(new ClientEvaluations.Value(1, 0, nan), new ClientEvaluations.Value(2, 0, 0.5))),
                OptionalInt.of(7),
                Map.of(TEXT, TEXT));
        RunHistory blank = new RunHistory(
                "",
                "",
                "",
                "",
                0,
                0,
                List.of(),
                List.of(),
                List.of(),
                ClientEvaluations.NONE,
                OptionalInt.empty(),
                Map.of());
        PartitionStats partition = new PartitionStats(
                TEXT,
                "cluster",
                List.of(TEXT, "__proto__", "constructor"),
                Arrays.asList(
                        new ClientStats(0, 3, Map.of(TEXT, 2L, "__proto__", 1L), nan),
                        new ClientStats(1, 0, Map.of(), nan),
                        new ClientStats(2, 4, Map.of("not listed", 4L), 0.5)));
        return new Report(TEXT, Instant.EPOCH, List.of(hostile, blank), partition);
    }
}
