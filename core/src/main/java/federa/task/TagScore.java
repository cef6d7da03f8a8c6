package federa.task;

import federa.metric.Entities;
import federa.metric.EntityScore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Precision, recall and F1 over entities as seqeval computes them, by default and by strict IOB2. */
final class TagScore implements Score {

    private static final long serialVersionUID = 1L;

    private EntityScore byDefault = new EntityScore(Entities.DEFAULT);
    private EntityScore strict = new EntityScore(Entities.STRICT);

    @Override
    public void add(Fields truth, Prediction prediction) {
        List<String> gold = truth.texts(EntityRecognition.TAGS);
        List<String> tags = ((Prediction.Entities) prediction).tags();
        byDefault.add(gold, tags);
        strict.add(gold, tags);
    }

    @Override
    public void add(Score other) {
        TagScore more = (TagScore) other;
        byDefault = byDefault.plus(more.byDefault);
        strict = strict.plus(more.strict);
    }

    @Override
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("f1", byDefault.micro().f1());
        metrics.put("precision", byDefault.micro().precision());
        metrics.put("recall", byDefault.micro().recall());
        metrics.put("macro_f1", byDefault.macroF1());
        metrics.put("strict_f1", strict.micro().f1());
        return metrics;
    }
}
