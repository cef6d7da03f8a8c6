package example;

import federa.partition.Division;
import federa.peft.Method;
import federa.prepare.Source;
import federa.spi.Choice;
import federa.spi.ChoiceProvider;
import java.util.List;

/** What this jar adds, by its names in experiment files. */
public final class Additions implements ChoiceProvider {

    @Override
    public List<Choice<?>> choices() {
        return List.of(
                new Choice<>(Method.class, "layer-norms", LayerNorms.class),
                new Choice<>(Division.class, "one-large", OneLarge.class),
                new Choice<>(Source.class, "weather", Weather.class));
    }
}
