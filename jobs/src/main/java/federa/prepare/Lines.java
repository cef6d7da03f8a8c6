package federa.prepare;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lines of UTF-8 text, ended by LF or CRLF. Blank lines are given too. */
final class Lines implements Records<String> {

    private final InputStream bytes;
    private final Buffer buffer = new Buffer();
    private long line;

    Lines(InputStream bytes) {
        this.bytes = new BufferedInputStream(bytes, 1 << 16);
    }

    @Override
    public String next() throws IOException, Malformed {
        buffer.reset();
        int next = bytes.read();
        if (next < 0) {
            return null;
        }

        line++;
        while (next >= 0 && next != '\n') {
            buffer.write(next);
            if (buffer.size() > Limits.RECORD_BYTES) {
                throw new Unusable(
                        line, "the line is longer than %s; is this a text file?".formatted(Limits.RECORD_BYTES_SHOWN));
            }
            next = bytes.read();
        }
        String text = buffer.text();
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public long line() {
        return line;
    }

    /** Gives its bytes away without the copy of toByteArray, which counts for long texts. */
    static final class Buffer extends ByteArrayOutputStream {

        String text() throws Malformed {
            return Utf8.decode(buf, count);
        }
    }
}
