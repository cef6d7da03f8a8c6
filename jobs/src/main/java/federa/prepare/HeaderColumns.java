package federa.prepare;

import java.io.IOException;
import java.util.List;

/** Named columns of a table whose first record holds the names. */
final class HeaderColumns implements Parser<List<String>> {

    private static final int ABSENT = -1;

    private final int width;
    private final int text;
    private final int label;
    private final int id;
    private final int key;

    private HeaderColumns(List<String> header, Columns columns, long line) throws Unusable {
        this.width = header.size();
        this.text = find(header, columns.text(), line);
        this.label = find(header, columns.label(), line);
        this.id = columns.hasId() ? find(header, columns.id(), line) : ABSENT;
        this.key = columns.hasKey() ? find(header, columns.key(), line) : ABSENT;
    }

    static Rows<?> open(SplitFile file, Records<List<String>> records, Columns columns) throws IOException {
        try {
            List<String> header = records.next();
            if (header == null) {
                throw new Unusable(1, "the file is empty; its first line must hold the column names");
            }
            return new Rows<>(file, records, new HeaderColumns(header, columns, records.line()));
        } catch (Malformed e) {
            throw new Unusable(records.line(), "in the header, " + e.getMessage());
        }
    }

    @Override
    public Labelled parse(List<String> fields) throws Malformed {
        if (fields.size() != width) {
            throw new Malformed("found %d fields, the header has %d".formatted(fields.size(), width));
        }
        return new Labelled(null, optional(fields, id), fields.get(text), fields.get(label), optional(fields, key));
    }

    private static String optional(List<String> fields, int place) {
        return place == ABSENT ? null : fields.get(place);
    }

    private static int find(List<String> header, String name, long line) throws Unusable {
        int place = header.indexOf(name);
        if (place < 0) {
            throw new Unusable(line, Columns.unknown("the header", name, header));
        }
        return place;
    }
}
