package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
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
        return line == null ? null : fields(line);
    }

    @Override
    public long line() {
        return lines.line();
    }

    private List<String> fields(String line) throws Unusable {
        String[] fields = line.split("\t", Limits.PARTS + 1);
        if (fields.length > Limits.PARTS) {
            throw new Unusable(lines.line(), "the line has more than %,d fields".formatted(Limits.PARTS));
        }
        return Arrays.asList(fields);
    }
}
