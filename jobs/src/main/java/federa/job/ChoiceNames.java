package federa.job;

import federa.partition.Division;
import federa.prepare.Source;
import federa.spi.Choices;
import java.util.ListResourceBundle;

/** What the registry has, for the help of the jobs: {@code ${bundle:...}} in their texts. */
public final class ChoiceNames extends ListResourceBundle {

    static final String BUNDLE = "federa.job.ChoiceNames";

    @Override
    protected Object[][] getContents() {
        Choices choices = Choices.load();
        return new Object[][] {
            {"formats", String.join(", ", choices.names(Source.class))},
            {"divisions", String.join(", ", choices.names(Division.class))},
        };
    }
}
