package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Fields between tabs. There is no quoting: a quote is a character like any other, as in GLUE's files. */
final class Tsv implements Records<List<String>> {

    private final Lines lines;

    Tsv(InputStream bytes) {
        this.lines = new Lines(bytes);
    }

    @Override
    public List<String> next() throws IOException, Malformed {
        String line = lines.next();
        while (line != null && line.isEmpty()) {
            line = lines.next();
        }
        return line == null ? null : List.of(line.split("\t", -1));
    }

    @Override
    public long line() {
        return lines.line();
    }
}
