package federa.store;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.apache.spark.sql.Row;

/**
 * The right to commit rounds of a run. The newest attempt has it; an older one, whose driver may still live, has lost it
 * for good. There are no clocks in it and nothing expires.
 *
 * <p>The attempt's number is the fencing token, and Delta keeps it: for each writer a table remembers the highest version
 * and does not take a lower one. Taking the lease raises that version in {@link Table#ROUNDS} above all that earlier
 * attempts can write, so a commit of theirs is either before the fence, and read by the new attempt, or never there.
 */
public final class RunLease {

    /** Rounds an attempt can have; a write's version is attempt * this + round, so later attempts are higher. */
    private static final int ROUNDS_PER_ATTEMPT = 1_000_000;

    private final Tables tables;
    private final String runId;
    private final int attempt;

    private RunLease(Tables tables, String runId, int attempt) {
        this.tables = tables;
        this.runId = runId;
        this.attempt = attempt;
    }

    /**
     * Takes a run over with the next attempt's number, and fences off the attempts before. What they committed must be
     * read after this.
     *
     * @param row of {@link Table#RUNS} for an attempt's number and the name of its driver
     */
    static RunLease take(Tables tables, String runId, BiFunction<Integer, String, Row> row) {
        String driver = "%s/%s".formatted(tables.spark().sparkContext().applicationId(), UUID.randomUUID());
        int attempt = 0;
        boolean mine = false;
        while (!mine) { // otherwise another driver took the same number at the same time
            attempt = newest(tables, runId).map(RunLease::attempt).orElse(0) + 1;
            tables.append(Table.RUNS, List.of(row.apply(attempt, driver)), runId, attempt);
            mine = tables.rows(Table.RUNS, runId).stream().anyMatch(written -> driver.equals(written.getAs("driver")));
        }
        RunLease lease = new RunLease(tables, runId, attempt);
        tables.append(Table.ROUNDS, List.of(), runId, lease.version(-1));
        return lease;
    }

    /** The number of the attempt that has this lease, from 1. */
    public int attempt() {
        return attempt;
    }

    /** The version of what this attempt writes in a round. */
    long version(int round) {
        return (long) attempt * ROUNDS_PER_ATTEMPT + round;
    }

    /**
     * Commits a round by its row.
     *
     * @throws StoreException if a newer attempt has taken the run over
     */
    void commit(Row round, int number) {
        long last = tables.append(Table.ROUNDS, List.of(round), runId, version(number));
        if (last >= version(ROUNDS_PER_ATTEMPT - 1)) {
            throw lost();
        }
    }

    private StoreException lost() {
        Row newest = newest(tables, runId).orElseThrow();
        return new StoreException(
                "run %s was taken over by attempt %d, begun at %s by %s; attempt %d stops here: follow the new one"
                        .formatted(
                                runId, newest.getInt(0), newest.getTimestamp(1).toInstant(), newest.get(2), attempt),
                null);
    }

    private static Optional<Row> newest(Tables tables, String runId) {
        return tables.rows(Table.RUNS, runId).stream().max(Comparator.comparingInt(RunLease::attempt));
    }

    private static int attempt(Row run) {
        return run.getAs("attempt");
    }
}
