package federa.prepare;

import java.io.FileNotFoundException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/** Recognises, among all the ways in which a Spark job fails, that a file is damaged or gone. */
public final class ReadFailure {

    private static final String READING = "while reading file ";
    private static final Pattern ADDRESS = Pattern.compile("(" + READING + ")(\\S+)(.*)");

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
                file = from.lines().findFirst().map(ReadFailure::decoded);
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

    /** Spark writes the file as an address, with %20 for a blank; a user knows it by its name. */
    private static String decoded(String sentence) {
        Matcher parts = ADDRESS.matcher(sentence.strip());
        if (!parts.matches()) {
            return sentence.strip();
        }
        try {
            return parts.group(1) + new Path(new URI(parts.group(2))) + parts.group(3);
        } catch (URISyntaxException e) {
            return sentence.strip(); // it was none
        }
    }
}
