package federa.peft;

import federa.spi.Choice;
import federa.spi.ChoiceProvider;
import java.util.List;

/** The project's own methods, by their names in experiment files. */
public final class Methods implements ChoiceProvider {

    @Override
    public List<Choice<?>> choices() {
        return List.of(
                new Choice<>(Method.class, "full", FullFineTuning.class),
                new Choice<>(Method.class, "bitfit", BitFit.class),
                new Choice<>(Method.class, "houlsby", Houlsby.class),
                new Choice<>(Method.class, "pfeiffer", Pfeiffer.class),
                new Choice<>(Method.class, "lora", Lora.class),
                new Choice<>(Method.class, "federa", Federa.class),
                new Choice<>(Method.class, "milora", MiLora.class),
                new Choice<>(Method.class, "olora", OLora.class));
    }
}
