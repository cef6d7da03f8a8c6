package federa.head;

import java.io.Serializable;
import java.util.List;

/** How a last layer is solved from sums over examples. */
public interface ClosedForm extends Serializable {

    /** True if it needs the products of the features with each other, which are most of what clients send. */
    boolean needsProducts();

    /** The settings to choose from by held-out loss; one that means nothing if there is nothing to choose. */
    List<Double> settings();

    /**
     * The layer.
     *
     * @param sums of at least one example
     * @param setting one of {@link #settings}
     */
    LastLayer solve(FeatureSums sums, double setting);
}
