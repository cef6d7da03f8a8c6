package federa.prepare;

import java.util.OptionalLong;

/** Why one record cannot be used; the records behind it can. */
final class Malformed extends Exception {

    private final OptionalLong line;

    /** The record is wrong as a whole, or its place says enough. */
    Malformed(String reason) {
        this(OptionalLong.empty(), reason);
    }

    /** A record of many lines is wrong in this one. */
    Malformed(long line, String reason) {
        this(OptionalLong.of(line), reason);
    }

    private Malformed(OptionalLong line, String reason) {
        // No stack trace: there may be one of these for every line of a wrong file.
        super(reason, null, false, false);
        this.line = line;
    }

    /** The line that is wrong, if the record knows better than where it starts. */
    OptionalLong line() {
        return line;
    }
}
