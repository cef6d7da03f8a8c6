package federa.prepare;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Fields between commas; a quoted field may hold commas, line ends and doubled quotes. A backslash is no escape. Blank lines
 * are skipped.
 *
 * <p>It splits bytes and decodes afterwards, so that a wrong byte costs one record; a UTF-8 text has no comma, quote or line
 * end inside a longer character.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180, section 2</a>
 */
final class Csv implements Records<List<String>> {

    private static final int END = -1;

    private final InputStream bytes;
    private final Lines.Buffer field = new Lines.Buffer();
    private long startLine;
    private long currentLine = 1;
    private long recordBytes;
    private int pushedBack = Integer.MIN_VALUE;
    private Malformed firstProblem;

    Csv(InputStream bytes) {
        this.bytes = new BufferedInputStream(bytes, 1 << 16);
    }

    @Override
    public List<String> next() throws IOException, Malformed {
        int next = skipBlankLines();
        if (next == END) {
            return null;
        }

        startLine = currentLine;
        recordBytes = 0;
        firstProblem = null;
        List<String> fields = new ArrayList<>();
        pushedBack = next;
        int separator;
        do {
            separator = readField();
            if (fields.size() == Limits.PARTS) {
                throw new Unusable(
                        startLine, "the record that starts here has more than %,d fields".formatted(Limits.PARTS));
            }
            add(fields);
        } while (separator == ',');

        // Thrown only here, behind the whole record: the next call must start at the next one.
        if (firstProblem != null) {
            throw firstProblem;
        }
        return fields;
    }

    @Override
    public long line() {
        return startLine;
    }

    /** Fills the field and gives the byte that ended it: a comma, a line feed or the end of the file. */
    private int readField() throws IOException {
        field.reset();
        int next = read();
        if (next == '"') {
            next = readQuoted();
        }

        boolean blank = next == ' ' || next == '\t';
        while (next != ',' && next != '\n' && next != END) {
            if (blank && next == '"') {
                remember(
                        new Malformed(
                                "a blank stands before an opening quote, which makes the quotes a part of the value; remove it"));
            }
            blank &= next == ' ' || next == '\t';
            if (next != '\r' || !isLineEndNext()) {
                keep(next);
            }
            next = read();
        }
        return next;
    }

    /** Reads behind the closing quote and gives the first byte after it. */
    private int readQuoted() throws IOException {
        long opened = currentLine;
        while (true) {
            int next = read();
            if (next == END) {
                throw new Unusable(
                        opened,
                        "a quote opens here and never closes; the file is cut off, or a quote is missing or not doubled");
            }

            if (next != '"') {
                keep(next);
                continue;
            }

            int after = read();
            if (after == '"') {
                keep('"');
                continue;
            }

            if (after != ',' && after != '\n' && after != END && !(after == '\r' && isLineEndNext())) {
                remember(new Malformed("text follows a closing quote; a quote inside a quoted field must be doubled"));
            }
            return after;
        }
    }

    private void add(List<String> fields) {
        try {
            fields.add(field.text());
        } catch (Malformed e) {
            remember(e);
        }
    }

    private void remember(Malformed problem) {
        if (firstProblem == null) {
            firstProblem = problem;
        }
    }

    private void keep(int next) throws IOException {
        field.write(next);
        if (++recordBytes > Limits.RECORD_BYTES) {
            throw new Unusable(
                    startLine,
                    "the record that starts here is longer than %s; a quote may be missing"
                            .formatted(Limits.RECORD_BYTES_SHOWN));
        }
    }

    private boolean isLineEndNext() throws IOException {
        bytes.mark(1);
        int next = bytes.read();
        bytes.reset();
        return next == '\n' || next == END;
    }

    private int skipBlankLines() throws IOException {
        int next = read();
        while (next == '\n' || (next == '\r' && isLineEndNext())) {
            next = read();
        }
        return next;
    }

    private int read() throws IOException {
        if (pushedBack != Integer.MIN_VALUE) {
            int next = pushedBack;
            pushedBack = Integer.MIN_VALUE;
            return next;
        }

        int next = bytes.read();
        if (next == '\n') {
            currentLine++;
        }
        return next;
    }
}
