package federa.job;

import java.util.List;
import java.util.Optional;

/** Recognises, among all the ways in which a Spark job fails, that a disk has no room left. */
final class FullDisk {

    /** What Linux and HDFS say. */
    private static final List<String> SIGNS =
            List.of("No space left on device", "Disk quota exceeded", "File too large", "DSQuotaExceededException");

    private FullDisk() {}

    /** The sign that was found; a task's failure reaches the driver as text only. */
    static Optional<String> of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = cause.toString();
            Optional<String> sign = SIGNS.stream().filter(text::contains).findFirst();
            if (sign.isPresent()) {
                return sign;
            }
        }
        return Optional.empty();
    }
}
