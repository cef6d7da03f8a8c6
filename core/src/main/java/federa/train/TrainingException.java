package federa.train;

/** A client's training failed for a reason of its own, such as a loss that is not a number. */
public final class TrainingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TrainingException(String message) {
        super(message);
    }
}
