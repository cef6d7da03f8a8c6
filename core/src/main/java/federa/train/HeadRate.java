package federa.train;

import federa.spi.InvalidInputException;
import java.io.Serializable;

/**
 * The highest learning rate of the head's tensors, or none: then they neither train nor travel.
 *
 * @param value 0 for a frozen head
 */
public record HeadRate(double value) implements Serializable {

    /** The head stays as it is. */
    public static final HeadRate FROZEN = new HeadRate(0);

    public HeadRate {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new InvalidInputException("training.head-learning-rate must be above 0, or frozen, got " + value);
        }
    }

    /** True if the head does not train. */
    public boolean frozen() {
        return value == 0;
    }
}
