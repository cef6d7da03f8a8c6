package federa.job;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recognises, among all the ways in which a job fails, that it may not write where it must. */
final class WriteRefused {

    /** What Linux, Java and HDFS say, each with the file beside it. */
    private static final Pattern SIGN = Pattern.compile("[^:\\n]*\\((Permission denied|Read-only file system)\\)"
            + "|AccessDeniedException: \\S+|\\S+: (Read-only file system|Operation not permitted)"
            + "|AccessControlException: Permission denied: [^\\n]+|Mkdirs failed to create [^ \\n]+");

    private WriteRefused() {}

    /** The file and what to do in one line; a task's failure reaches the driver as text only. */
    static Optional<String> of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Matcher sign = SIGN.matcher(cause.toString());
            if (sign.find()) {
                return Optional.of(
                        "this job may not write here: %s; give its user the right to, or name another directory"
                                .formatted(sign.group().strip()));
            }
        }
        return Optional.empty();
    }
}
