package federa.federated;

import federa.spi.Choice;
import federa.spi.ChoiceProvider;
import java.util.List;

/** The project's own aggregators and strategies, by their names in experiment files. */
public final class Strategies implements ChoiceProvider {

    @Override
    public List<Choice<?>> choices() {
        return List.of(
                new Choice<>(Aggregator.class, "mean", Mean.class),
                new Choice<>(Strategy.class, "fedavg", FedAvg.class));
    }
}
