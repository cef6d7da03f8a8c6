package federa.prepare;

/** Spark and Hadoop wrap the reason of a failure several times; a user reads the innermost. */
final class OneLine {

    private OneLine() {}

    /** The first line of the innermost message, or the name of that exception if it has none. */
    static String of(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }

        String message = cause.getMessage();
        return message == null || message.isBlank()
                ? cause.getClass().getSimpleName()
                : message.lines().findFirst().orElseThrow().strip();
    }
}
