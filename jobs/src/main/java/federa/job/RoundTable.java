package federa.job;

import federa.pipeline.Reports;
import federa.pipeline.Results;
import federa.report.Target;
import federa.store.Round;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;

/** A run's rounds as a table on the terminal. */
final class RoundTable {

    private static final int WIDTH = 12;

    private RoundTable() {}

    static void print(Results run) {
        System.out.printf(
                "%nRun %s: %s on %s, %,d of %,d parameters trained (%.2f %%)%n",
                run.runId(),
                run.attempt().method(),
                run.attempt().model(),
                run.attempt().trainableParameters(),
                run.attempt().totalParameters(),
                100.0 * run.attempt().trainableParameters() / run.attempt().totalParameters());
        List<String> header = new ArrayList<>(List.of("round", "clients", "examples", "train loss", run.metric()));
        run.best().ifPresent(best -> header.add("validation"));
        header.addAll(List.of("MB up", "MB down", "seconds"));
        Column[] columns = header.stream()
                .map(name -> new Column(WIDTH, 0, Overflow.TRUNCATE))
                .toArray(Column[]::new);
        TextTable table = TextTable.forColumns(Help.defaultColorScheme(Help.Ansi.OFF), columns);
        table.addRowValues(cells(header));
        run.rounds().forEach(round -> table.addRowValues(cells(row(run, round))));
        System.out.print(table);
        String shares = run.phaseShares().entrySet().stream()
                .map(phase -> "%s %.0f %%".formatted(phase.getKey(), 100 * phase.getValue()))
                .collect(Collectors.joining(", "));
        run.best()
                .ifPresent(best -> System.out.printf(
                        "Best round by the clients' validation examples: %d (%s %.4f)%n",
                        best.round(), run.metric(), best.value()));
        System.out.printf("Time of the rounds: %s%n", shares);
    }

    /** One line per run, the first being what the others are compared with, after the rounds that all of them have. */
    static void printComparison(List<Results> runs) {
        int rounds = runs.stream().mapToInt(run -> run.last().number()).min().orElseThrow();
        System.out.printf("%nAfter %d rounds:%n", rounds);
        for (Results run : runs) {
            System.out.printf(
                    "  %-8s %s %.4f   %,d parameters trained, %.1f MB moved, %.0f s  (%s)%n",
                    run.attempt().method(),
                    run.metric(),
                    run.metric(run.metric(), rounds).orElse(Double.NaN),
                    run.attempt().trainableParameters(),
                    run.megabytes(),
                    run.seconds(),
                    run.runId());
        }
    }

    /** Rounds, megabytes and seconds that each run needed to targets that they have in common. */
    static void printTargets(List<Results> runs) {
        for (Target target : Reports.targets(runs)) {
            System.out.printf("%nTo %s %.4f (%s):%n", target.metric(), target.value(), target.name());
            for (Target.Cost cost : target.costs()) {
                Results run = runs.get(cost.run());
                System.out.println(
                        cost.reached()
                                ? "  %-8s %4d rounds  %8.1f MB  %6.0f s  (%s)"
                                        .formatted(
                                                run.attempt().method(),
                                                cost.round(),
                                                cost.bytes() / 1e6,
                                                cost.seconds(),
                                                run.runId())
                                : "  %-8s not reached in %d rounds  (%s)"
                                        .formatted(
                                                run.attempt().method(),
                                                run.last().number(),
                                                run.runId()));
            }
        }
    }

    private static List<String> row(Results run, Round.Summary round) {
        List<String> row = new ArrayList<>(List.of(
                Integer.toString(round.number()),
                round.failedClients() == 0
                        ? Integer.toString(round.clients())
                        : "%d of %d".formatted(round.clients() - round.failedClients(), round.clients()),
                "%,d".formatted(round.numExamples()),
                Double.isNaN(round.trainLoss()) ? "-" : "%.4f".formatted(round.trainLoss()),
                value(run.metric(run.metric(), round.number()))));
        run.best().ifPresent(best -> row.add(value(run.validation(round.number()))));
        row.addAll(List.of(
                "%.2f".formatted(round.bytesUp() / 1e6),
                "%.2f".formatted(round.bytesDown() / 1e6),
                "%.1f".formatted(round.seconds())));
        return row;
    }

    private static String value(Optional<Double> metric) {
        return metric.map(v -> "%.4f".formatted(v)).orElse("-");
    }

    private static Text[] cells(List<String> values) {
        return values.stream()
                .map(value -> Help.Ansi.OFF.text(" ".repeat(Math.max(0, WIDTH - 1 - value.length())) + value))
                .toArray(Text[]::new);
    }
}
