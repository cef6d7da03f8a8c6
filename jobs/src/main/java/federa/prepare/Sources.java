package federa.prepare;

import federa.spi.Choice;
import federa.spi.ChoiceProvider;
import java.util.List;

/** The project's own formats of raw data sets, by their names in experiment files. */
public final class Sources implements ChoiceProvider {

    @Override
    public List<Choice<?>> choices() {
        return List.of(
                new Choice<>(Source.class, "topics", Topics.class),
                new Choice<>(Source.class, "20newsgroups", TwentyNewsgroups.class),
                new Choice<>(Source.class, "ag-news", AgNews.class),
                new Choice<>(Source.class, "sst2", Sst2.class),
                new Choice<>(Source.class, "semeval2010-task8", SemEval2010Task8.class),
                new Choice<>(Source.class, "columns", Columns.class),
                new Choice<>(Source.class, "wnut2017", Wnut2017.class),
                new Choice<>(Source.class, "ploner", Ploner.class),
                new Choice<>(Source.class, "conll", Conll.class),
                new Choice<>(Source.class, "squad-v1.1", Squad.class),
                new Choice<>(Source.class, "policyqa", PolicyQa.class),
                new Choice<>(Source.class, "squad-form", SquadForm.class),
                new Choice<>(Source.class, "mrqa", Mrqa.class),
                new Choice<>(Source.class, "corpus", Corpus.class),
                new Choice<>(Source.class, "given", Given.class));
    }
}
