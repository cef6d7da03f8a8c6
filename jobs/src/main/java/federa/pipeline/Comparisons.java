package federa.pipeline;

import federa.compare.Comparison;
import federa.compare.Scenario;
import federa.compare.Trained;
import federa.compare.Trained.ClientCost;
import federa.compare.Trained.RoundCost;
import federa.config.Grid;
import federa.config.GridFile;
import federa.federated.ClientUpdate;
import federa.report.ComparisonPage;
import federa.store.Round;
import federa.store.Table;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What a grid's runs come to, from the tables: as rows of further tables, as CSV and as a page in the warehouse's {@code
 * reports/}.
 */
public final class Comparisons {

    private final Workspace workspace;

    public Comparisons(Workspace workspace) {
        this.workspace = workspace;
    }

    /** Compares cells that are trained to their last rounds. */
    public static Comparison of(Workspace workspace, Grid grid, List<GridFile.Cell> cells, List<Scenario> scenarios) {
        List<Trained> runs = cells.stream()
                .map(cell -> trained(cell, Results.of(workspace, cell.runId())))
                .toList();
        return Comparison.of(grid.name(), runs, grid.compare(), grid.flatness(), scenarios);
    }

    private static Trained trained(GridFile.Cell cell, Results run) {
        SortedMap<Integer, Double> test = new TreeMap<>();
        List<RoundCost> rounds = new ArrayList<>();
        for (Round.Summary round : run.rounds()) {
            run.metric(run.metric(), round.number()).ifPresent(value -> test.put(round.number(), value));
            rounds.add(cost(round, run.updates().getOrDefault(round.number(), List.of())));
        }
        boolean full = run.attempt().trainableParameters() == run.attempt().totalParameters();
        return new Trained(cell.values(), cell.seed(), full, run.metric(), test, rounds);
    }

    /** What is sent down is counted for a whole round: each client is taken to have received its part of it. */
    private static RoundCost cost(Round.Summary round, List<ClientUpdate> updates) {
        double down = round.clients() == 0 ? 0 : (double) round.bytesDown() / round.clients();
        return new RoundCost(
                round.number(),
                round.bytesUp() + round.bytesDown(),
                updates.stream()
                        .filter(ClientUpdate::ok)
                        .map(update -> new ClientCost(update.seconds(), down + update.bytesUp()))
                        .toList());
    }

    /**
     * Writes a comparison as the next edition of its rows, as CSV files and as a page, and returns the page.
     *
     * @param failures why runs of the grid failed, by run id
     */
    public Path write(Comparison comparison, Map<String, String> failures) {
        Timestamp now = Timestamp.from(Instant.now());
        int edition = Editions.next(workspace.tables(), Table.COMPARISONS, comparison.name());
        List<Object> key = List.of(comparison.name(), edition, now);
        write(Table.COMPARISONS, edition, comparison.name(), curveRows(comparison, key));
        write(Table.COMPARISON_DIFFERENCES, edition, comparison.name(), differenceRows(comparison, key));
        write(Table.COMPARISON_COSTS, edition, comparison.name(), costRows(comparison, key));
        List<ComparisonPage.Failure> failed = failures.entrySet().stream()
                .map(failure -> new ComparisonPage.Failure(failure.getKey(), failure.getValue()))
                .toList();
        Path page = workspace.warehouse().report(comparison.name());
        Reports.write(
                workspace,
                page,
                new ComparisonPage(comparison, now.toInstant(), failed, tunings(comparison.name())).html());
        return page;
    }

    private void write(Table table, int edition, String comparison, List<Row> rows) {
        workspace.tables().append(table, rows, comparison, edition);
        Path page = workspace.warehouse().report(comparison);
        Reports.write(
                workspace,
                new Path(page.getParent(), "%s-%s.csv".formatted(comparison, table.tableName())),
                CsvText.of(table.schema(), rows));
    }

    private static List<Row> curveRows(Comparison comparison, List<Object> key) {
        List<Row> rows = new ArrayList<>();
        for (Comparison.Curve curve : comparison.curves()) {
            for (Comparison.Point point : curve.points()) {
                Map<String, Double> seconds = new LinkedHashMap<>();
                for (int i = 0; i < comparison.scenarios().size(); i++) {
                    seconds.put(
                            comparison.scenarios().get(i).name(),
                            point.seconds().get(i));
                }
                rows.add(row(
                        key,
                        curve.setting(),
                        curve.contender(),
                        curve.metric(),
                        point.round(),
                        point.seeds(),
                        point.mean(),
                        finite(point.deviation()),
                        point.rank(),
                        point.bytes(),
                        seconds));
            }
        }
        return rows;
    }

    private static List<Row> differenceRows(Comparison comparison, List<Object> key) {
        return comparison.differences().stream()
                .map(difference -> row(
                        key,
                        difference.setting(),
                        difference.first(),
                        difference.second(),
                        difference.pairs(),
                        difference.mean(),
                        finite(difference.interval().low()),
                        finite(difference.interval().high())))
                .toList();
    }

    private static List<Row> costRows(Comparison comparison, List<Object> key) {
        return comparison.costs().stream()
                .map(cost -> row(
                        key,
                        cost.setting(),
                        cost.target(),
                        cost.value(),
                        cost.contender(),
                        comparison.scenarios().get(cost.scenario()).device(),
                        comparison.scenarios().get(cost.scenario()).link(),
                        cost.round() < 0 ? null : cost.round(),
                        finite(cost.bytes()),
                        finite(cost.seconds()),
                        finite(cost.cutAgainstFull()),
                        finite(cost.cutAgainstOthers())))
                .toList();
    }

    private static Row row(List<Object> key, Object... values) {
        List<Object> all = new ArrayList<>(key);
        for (Object value : values) {
            all.add(value); // null too
        }
        return RowFactory.create(all.toArray());
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private List<ComparisonPage.Tuning> tunings(String comparison) {
        return Editions.last(workspace.tables(), Table.TUNINGS, comparison).stream()
                .map(row -> new ComparisonPage.Tuning(
                        row.getJavaMap(row.fieldIndex("setting")),
                        row.getJavaMap(row.fieldIndex("keys")),
                        row.isNullAt(row.fieldIndex("validation")) ? Double.NaN : row.<Double>getAs("validation"),
                        row.getAs("chosen")))
                .toList();
    }
}
