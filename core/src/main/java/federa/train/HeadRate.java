package federa.train;

import java.io.Serializable;

/**
 * The highest learning rate of the head's tensors, or none: then they neither train nor travel.
 *
 * @param value 0 for a frozen head
 */
public record HeadRate(double value) implements Serializable {

    /** The head stays as it is. */
    public static final HeadRate FROZEN = new HeadRate(0);

    /** True if the head does not train. */
    public boolean frozen() {
        return value == 0;
    }
}
