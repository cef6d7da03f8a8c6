package federa.partition;

import federa.spi.Choice;
import federa.spi.ChoiceProvider;
import java.util.List;

/** The project's own divisions, by their names in experiment files. */
public final class Divisions implements ChoiceProvider {

    @Override
    public List<Choice<?>> choices() {
        return List.of(
                new Choice<>(Division.class, "label-dirichlet", LabelDirichlet.class),
                new Choice<>(Division.class, "cluster-dirichlet", ClusterDirichlet.class),
                new Choice<>(Division.class, "class-dirichlet", ClassDirichlet.class),
                new Choice<>(Division.class, "quantity-skew", QuantitySkew.class),
                new Choice<>(Division.class, "iid", Iid.class),
                new Choice<>(Division.class, "natural-key", NaturalKey.class),
                new Choice<>(Division.class, "resident", Resident.class));
    }
}
