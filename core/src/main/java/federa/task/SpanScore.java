package federa.task;

import federa.metric.AnswerScore;
import java.util.LinkedHashMap;
import java.util.Map;

/** F1 over the words of answers and exact match, as SQuAD's script computes them, from 0 to 1. */
final class SpanScore implements Score {

    private static final long serialVersionUID = 1L;

    private AnswerScore answers = new AnswerScore();

    @Override
    public void add(Fields truth, Prediction prediction) {
        answers.add(((Prediction.Answers) prediction).best().text(), truth.texts(QuestionAnswering.ANSWERS));
    }

    @Override
    public void add(Score other) {
        answers = answers.plus(((SpanScore) other).answers);
    }

    @Override
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("f1", answers.f1());
        metrics.put("exact_match", answers.exactMatch());
        return metrics;
    }
}
