package federa.prepare;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The columns of a table whose first record holds their names, and those that its folders' names give. */
final class HeaderColumns {

    private final List<String> header;
    private final Map<String, String> folders;
    private final long line;

    private HeaderColumns(List<String> header, Map<String, String> folders, long line) {
        this.header = header;
        this.folders = folders;
        this.line = line;
    }

    /** Where a record has a value. */
    @FunctionalInterface
    interface Place {
        String of(List<String> fields);
    }

    /** Reads the header. */
    static HeaderColumns read(SplitFile file, Records<List<String>> records) throws IOException {
        try {
            List<String> header = records.next();
            if (header == null) {
                throw new Unusable(1, "the file is empty; its first line must hold the column names");
            }
            if (header.stream().anyMatch(name -> name.indexOf('\r') >= 0)) {
                throw new Unusable(
                        records.line(),
                        "a carriage return stands in the header; end each line with LF or CRLF, for instance with tr '\\r' '\\n'");
            }
            return new HeaderColumns(header, FolderColumns.of(file), records.line());
        } catch (Malformed e) {
            throw new Unusable(records.line(), "in the header, " + e.getMessage());
        }
    }

    /** The names in the file's order. */
    List<String> header() {
        return header;
    }

    /**
     * A column by its name; the file's own comes before that of a folder.
     *
     * @throws Unusable if there is none, or if it could be either of two
     */
    Place find(String name) throws Unusable {
        int place = header.indexOf(name);
        if (place != header.lastIndexOf(name)) {
            throw new Unusable(line, "the header names the column '%s' twice; rename one of them".formatted(name));
        }
        if (place >= 0) {
            return fields -> fields.get(place);
        }
        if (folders.containsKey(name)) {
            return fields -> folders.get(name);
        }
        throw new Unusable(line, Columns.unknown("the header", name, header));
    }

    /** The record, if it has as many fields as the header. */
    List<String> require(List<String> fields) throws Malformed {
        if (fields.size() != header.size()) {
            throw new Malformed("found %d fields, the header has %d".formatted(fields.size(), header.size()));
        }
        return fields;
    }

    /** Reads named columns behind the header. */
    static Rows<List<String>, Labelled> open(SplitFile file, Records<List<String>> records, Columns columns)
            throws IOException {
        HeaderColumns header = read(file, records);
        Place id = columns.hasId() ? header.find(columns.id()) : fields -> null;
        Place text = header.find(columns.text());
        Place label = header.find(columns.label());
        Place key = columns.hasKey() ? header.find(columns.key()) : fields -> null;
        return new Rows<>(records, fields -> {
            header.require(fields);
            return new Labelled(null, id.of(fields), text.of(fields), label.of(fields), key.of(fields));
        });
    }
}
