package federa.prepare;

import java.io.FileNotFoundException;
import java.util.Optional;

/** Recognises, among all the ways in which a Spark job fails, that a file is damaged or gone. */
public final class ReadFailure {

    private static final String READING = "while reading file ";

    private ReadFailure() {}

    /** The file and the reason in one line; nothing if the failure is of another kind, such as a lost connection. */
    public static Optional<String> of(Throwable failure) {
        Optional<String> file = Optional.empty();
        Throwable root = failure;
        boolean damaged = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains(READING)) {
                // Spark's own sentence names the file, the innermost cause does not.
                String from = message.substring(message.indexOf(READING));
                file = from.lines().findFirst().map(String::strip);
            }
            damaged |= message.contains(" is not a Parquet file")
                    || message.contains("Could not read footer for file")
                    || cause instanceof FileNotFoundException
                    || cause.getClass().getName().startsWith("org.apache.parquet.");
            root = cause;
        }
        if (root.getClass().getName().startsWith("java.net.")) {
            return Optional.empty();
        }
        String reason = OneLine.of(failure);
        return file.map(sentence -> sentence + " " + reason).or(damaged ? () -> Optional.of(reason) : Optional::empty);
    }
}
