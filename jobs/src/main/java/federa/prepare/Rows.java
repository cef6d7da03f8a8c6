package federa.prepare;

import java.io.IOException;

/**
 * Reads one file record by record.
 *
 * @param <T> a record of the format
 * @param <V> what is made of it
 */
final class Rows<T, V> {

    private final Records<T> records;
    private final Parser<T, V> parser;
    private final long limit;

    private long usable;

    Rows(Records<T> records, Parser<T, V> parser) {
        this(records, parser, Long.MAX_VALUE);
    }

    /** Ends after so many usable records; what the file holds behind them is not looked at. */
    Rows(Records<T> records, Parser<T, V> parser, long limit) {
        this.records = records;
        this.parser = parser;
        this.limit = limit;
    }

    /**
     * The next one, or null after the last.
     *
     * @throws Malformed if this record cannot be used; the next call goes on behind it
     * @throws Skipped if it is sound, but no example; likewise
     */
    V next() throws IOException, Malformed, Skipped {
        T found = usable == limit ? null : records.next();
        if (found == null) {
            return null;
        }
        V value = parser.parse(found);
        usable++;
        return value;
    }

    /** Where the record of the last call starts, from 1. */
    long line() {
        return records.line();
    }
}
