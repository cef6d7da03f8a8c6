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
                new Choice<>(Aggregator.class, "median", Median.class),
                new Choice<>(Aggregator.class, "trimmed-mean", TrimmedMean.class),
                new Choice<>(Aggregator.class, "multi-krum", MultiKrum.class),
                new Choice<>(Aggregator.class, "norm-bound", NormBound.class),
                new Choice<>(Strategy.class, "fedavg", FedAvg.class),
                new Choice<>(Strategy.class, "fedavgm", FedAvgM.class),
                new Choice<>(Strategy.class, "fedadagrad", FedAdagrad.class),
                new Choice<>(Strategy.class, "fedadam", FedAdam.class),
                new Choice<>(Strategy.class, "fedyogi", FedYogi.class),
                new Choice<>(Strategy.class, "fednova", FedNova.class),
                new Choice<>(Strategy.class, "scaffold", Scaffold.class),
                new Choice<>(Strategy.class, "frlora", FrLora.class),
                new Choice<>(Strategy.class, "rolora", RoLora.class),
                new Choice<>(Strategy.class, "ffa-lora", FfaLora.class),
                new Choice<>(Strategy.class, "fedsvd", FedSvd.class),
                new Choice<>(Strategy.class, "fedex-lora", FedExLora.class),
                new Choice<>(Strategy.class, "flexlora", FlexLora.class));
    }
}
