package federa.checkpoint;

import federa.spi.InvalidInputException;
import java.nio.file.Path;

/** A weight file that cannot be used: one line that says what is wrong, with which file, and what to do. */
public final class CheckpointException extends InvalidInputException {
    private static final int LONGEST_QUOTE = 120;

    CheckpointException(Path file, String problem) {
        super(file + ": " + problem);
    }

    CheckpointException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }

    /** What a parser has to say, which goes on for some lines with advice to programmers. */
    static String reason(Exception parser) {
        return quote(String.valueOf(parser.getMessage()).lines().findFirst().orElse(""));
    }

    /** A name as a file gave it, made fit for one line of a message: control characters escaped, length bounded. */
    static String quote(String name) {
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < Math.min(name.length(), LONGEST_QUOTE); i++) {
            char c = name.charAt(i);
            boolean plain = c >= ' ' && Character.isDefined(c) && !Character.isISOControl(c) && c != '\u2028';
            quoted.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return quoted.append(name.length() > LONGEST_QUOTE ? "...'" : "'").toString();
    }
}
