package federa.prepare;

import java.io.IOException;
import java.io.InputStream;

/** Lines of at least so many characters, without the white space around them. */
final class Paragraphs implements Records<String> {

    private final Lines lines;
    private final int minCharacters;

    Paragraphs(InputStream bytes, int minCharacters) {
        this.lines = new Lines(bytes);
        this.minCharacters = minCharacters;
    }

    @Override
    public String next() throws IOException, Malformed {
        String line;
        do {
            String raw = lines.next();
            line = raw == null ? null : raw.strip();
        } while (line != null && (line.isEmpty() || line.codePointCount(0, line.length()) < minCharacters));
        return line;
    }

    @Override
    public long line() {
        return lines.line();
    }
}
