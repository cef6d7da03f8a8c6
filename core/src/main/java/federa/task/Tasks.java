package federa.task;

import federa.spi.Choice;
import federa.spi.ChoiceProvider;
import java.util.List;

/** The project's own tasks, by their names in experiment files. */
public final class Tasks implements ChoiceProvider {

    @Override
    public List<Choice<?>> choices() {
        return List.of(
                new Choice<>(Task.class, "classification", TextClassification.class),
                new Choice<>(Task.class, "ner", EntityRecognition.class),
                new Choice<>(Task.class, "qa", QuestionAnswering.class),
                new Choice<>(Task.class, "mlm", MaskedLanguageModel.class));
    }
}
