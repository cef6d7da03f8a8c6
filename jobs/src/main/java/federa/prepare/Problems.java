package federa.prepare;

import static org.apache.spark.sql.functions.col;

import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What is wrong with records, and how much of that is let pass. */
final class Problems {

    private static final int REPORTED = 5;

    private Problems() {}

    /** Checks a setting {@code max-bad-share}. */
    static void requireShare(double maxBadShare) {
        if (!(maxBadShare >= 0 && maxBadShare <= 1)) {
            throw new InvalidInputException("max-bad-share must be from 0 to 1, got " + maxBadShare);
        }
    }

    /** The first of the rows, which have a problem, in file order, as {@code file:line: problem}. */
    static List<String> first(Dataset<Row> rows) {
        List<Row> found = rows.orderBy("file", "line", "problem")
                .select("file", "line", "problem")
                .limit(REPORTED)
                .collectAsList();
        List<String> lines = new ArrayList<>();
        for (Row row : found) {
            String line = row.getLong(1) > 0 ? ":" + row.getLong(1) : "";
            lines.add(Printable.of(row.getString(0)) + line + ": " + row.getString(2));
        }
        return lines;
    }

    /**
     * Refuses data of which too much is malformed.
     *
     * @param what the data is, for the message
     * @param first of the problems, at least one if any record is malformed
     */
    static void requireFew(String what, long usable, long malformed, List<String> first, double maxBadShare) {
        double share = share(usable, malformed);
        if (share > maxBadShare) {
            throw new InvalidInputException(String.format(
                    Locale.ROOT,
                    "%s: %d of %d records are malformed (%.2f %%, max-bad-share allows %.2f %%), the first is %s; "
                            + "correct the data or raise max-bad-share",
                    what,
                    malformed,
                    usable + malformed,
                    100 * share,
                    100 * maxBadShare,
                    first.get(0)));
        }
    }

    /** Malformed records as a part of all records, 0 if there are none at all. */
    static double share(long usable, long malformed) {
        return malformed == 0 ? 0 : (double) malformed / (usable + malformed);
    }

    static Column is(Severity severity) {
        return col("severity").equalTo(severity.name());
    }
}
