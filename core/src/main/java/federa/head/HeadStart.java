package federa.head;

import java.util.Optional;

/** How the head of round 0 comes about. */
public enum HeadStart {
    /** As the model brings it; what it does not bring is freshly drawn. */
    FRESH(null),
    /** The last layer tells by the nearest class mean, see {@link ClassMeans}. */
    CLASS_MEANS(new ClassMeans()),
    /** The last layer is the ridge regression of the classes on what it sees, see {@link Ridge}. */
    RIDGE(new Ridge());

    private final ClosedForm closedForm;

    HeadStart(ClosedForm closedForm) {
        this.closedForm = closedForm;
    }

    /** How the last layer is solved; nothing if it is not. */
    public Optional<ClosedForm> closedForm() {
        return Optional.ofNullable(closedForm);
    }
}
