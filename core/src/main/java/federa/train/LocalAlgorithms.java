package federa.train;

import federa.spi.Choice;
import federa.spi.ChoiceProvider;
import java.util.List;

/** What the project's own clients can do to their gradients, by its names in experiment files. */
public final class LocalAlgorithms implements ChoiceProvider {

    @Override
    public List<Choice<?>> choices() {
        return List.of(
                new Choice<>(LocalAlgorithm.class, "plain", Plain.class),
                new Choice<>(LocalAlgorithm.class, "fedprox", FedProx.class));
    }
}
