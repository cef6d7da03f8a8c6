package federa.spi;

import java.util.List;

/**
 * Says which choices a module, or a user's jar, adds to those of experiment files.
 *
 * <p>A provider is a class with a public constructor without parameters, named in the jar's file {@code
 * META-INF/services/federa.spi.ChoiceProvider}. See {@link java.util.ServiceLoader}.
 */
public interface ChoiceProvider {

    /** The choices, in the order in which documents list them. */
    List<Choice<?>> choices();
}
