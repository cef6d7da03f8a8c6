package federa.encoder;

import java.io.Serializable;

/**
 * Dropout rates while training.
 *
 * @param hidden of hidden states
 * @param attention of attention probabilities
 * @param head of the sequence head
 * @param pooler before DeBERTa's pooler
 */
public record DropoutRates(double hidden, double attention, double head, double pooler) implements Serializable {

    /** No dropout anywhere. */
    public static final DropoutRates NONE = of(0);

    /** The same rate everywhere. */
    public static DropoutRates of(double rate) {
        return new DropoutRates(rate, rate, rate, rate);
    }
}
