package federa.task;

import java.util.LinkedHashMap;
import java.util.Map;

/** The share of the hidden tokens that were guessed, and their mean cross entropy. */
final class GuessScore implements Score {

    private static final long serialVersionUID = 1L;

    private double loss;
    private long correct;
    private long tokens;

    @Override
    public void add(Fields truth, Prediction prediction) {
        Prediction.Guesses guesses = (Prediction.Guesses) prediction;
        loss += guesses.loss();
        correct += guesses.correct();
        tokens += guesses.tokens();
    }

    @Override
    public void add(Score other) {
        GuessScore more = (GuessScore) other;
        loss += more.loss;
        correct += more.correct;
        tokens += more.tokens;
    }

    @Override
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("accuracy", (double) correct / tokens);
        metrics.put("loss", loss / tokens);
        return metrics;
    }
}
