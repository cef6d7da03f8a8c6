package federa.train;

import federa.spi.Choice;
import federa.spi.ChoiceProvider;
import java.util.List;

/** The project's own optimizers of clients, by their names in experiment files. */
public final class Optimizers implements ChoiceProvider {

    @Override
    public List<Choice<?>> choices() {
        return List.of(
                new Choice<>(OptimizerConfig.class, "adamw", OptimizerConfig.AdamW.class),
                new Choice<>(OptimizerConfig.class, "sgd", OptimizerConfig.Sgd.class));
    }
}
