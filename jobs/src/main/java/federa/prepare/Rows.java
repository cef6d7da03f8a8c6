package federa.prepare;

import java.io.IOException;

/** Reads one file record by record; a record that does not parse becomes a malformed row. */
final class Rows<T> {

    private final SplitFile file;
    private final Records<T> records;
    private final Parser<T> parser;
    private final long limit;
    private long usable;

    Rows(SplitFile file, Records<T> records, Parser<T> parser) {
        this(file, records, parser, Long.MAX_VALUE);
    }

    /** Ends after so many usable rows; what the file holds behind them is not looked at. */
    Rows(SplitFile file, Records<T> records, Parser<T> parser, long limit) {
        this.file = file;
        this.records = records;
        this.parser = parser;
        this.limit = limit;
    }

    /** The next row, or null after the last. */
    RawRow next() throws IOException {
        if (usable == limit) {
            return null;
        }

        try {
            T found = records.next();
            if (found == null) {
                return null;
            }

            RawRow row = RawRow.of(file, records.line(), parser.parse(found));
            if (row.problem() == null) {
                usable++;
            }
            return row;
        } catch (Malformed e) {
            return RawRow.malformed(file, e.line().orElse(records.line()), e.getMessage());
        } catch (Skipped e) {
            return RawRow.skipped(file, records.line(), e.getMessage());
        }
    }
}
