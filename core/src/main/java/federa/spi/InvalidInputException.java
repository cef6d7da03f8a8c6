package federa.spi;

/**
 * What somebody gave this project cannot be used: an option, a key of an experiment file, a file, a table, a model. The
 * message is one full sentence that says what is wrong, where, and what to do; whoever gave it can put it right.
 *
 * <p>A job that ends with it, in the driver or in a task, prints the message alone and has the exit code 2. A mistake of the
 * code itself is an {@link IllegalStateException} instead, or whatever the JDK throws, and gets exit code 1 and a stack trace.
 */
public class InvalidInputException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public InvalidInputException(String message) {
        super(message);
    }

    public InvalidInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
