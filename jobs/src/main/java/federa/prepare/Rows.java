package federa.prepare;

import java.io.IOException;

/** Reads one file record by record; a record that does not parse becomes a malformed row. */
final class Rows<T> {

    private final SplitFile file;
    private final Records<T> records;
    private final Parser<T> parser;

    Rows(SplitFile file, Records<T> records, Parser<T> parser) {
        this.file = file;
        this.records = records;
        this.parser = parser;
    }

    /** The next row, or null after the last. */
    RawRow next() throws IOException {
        try {
            T found = records.next();
            return found == null ? null : RawRow.of(file, records.line(), parser.parse(found));
        } catch (Malformed e) {
            return RawRow.malformed(file, records.line(), e.getMessage());
        }
    }
}
