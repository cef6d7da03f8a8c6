package federa.task;

import federa.metric.RelationScore;
import federa.metric.Tally;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Accuracy, macro F1 over the classes that occur, and mean cross entropy of the classes of texts; beside them SemEval's own
 * F1 where the labels are its relations.
 */
final class ClassScore implements Score {

    private static final long serialVersionUID = 1L;

    private final List<String> labels;
    private final Map<String, Tally> byLabel = new LinkedHashMap<>();
    private RelationScore relations = new RelationScore();
    private final boolean areRelations;
    private long rows;
    private double loss;

    /** The score of no text. */
    ClassScore(List<String> labels) {
        this.labels = List.copyOf(labels);
        this.areRelations = RelationScore.applies(labels);
    }

    @Override
    public void add(Fields truth, Prediction prediction) {
        Prediction.Label said = (Prediction.Label) prediction;
        String gold = truth.text(TextClassification.LABEL);
        count(gold, new Tally(gold.equals(said.label()) ? 1 : 0, 0, 1));
        count(said.label(), new Tally(0, 1, 0));
        if (areRelations) {
            relations.add(gold, said.label());
        }
        rows++;
        loss += crossEntropy(gold, said.probabilities());
    }

    /** -log of the probability of the true label; a label that training never saw counts as the smallest float. */
    private double crossEntropy(String gold, float[] probabilities) {
        int label = labels.indexOf(gold);
        double probability = label < 0 ? 0 : probabilities[label];
        return -Math.log(Math.max(probability, Float.MIN_NORMAL));
    }

    @Override
    public void add(Score other) {
        ClassScore more = (ClassScore) other;
        more.byLabel.forEach(this::count);
        relations = relations.plus(more.relations);
        rows += more.rows;
        loss += more.loss;
    }

    private void count(String label, Tally tally) {
        byLabel.merge(label, tally, Tally::plus);
    }

    @Override
    public Map<String, Double> metrics() {
        long correct = byLabel.values().stream().mapToLong(Tally::correct).sum();
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("accuracy", (double) correct / rows);
        metrics.put("macro_f1", macroF1());
        if (areRelations) {
            metrics.put("official_f1", relations.macroF1());
        }
        metrics.put("loss", loss / rows);
        return metrics;
    }

    /** The mean over the true labels in their own order, so that the last bits do not depend on the rows'. */
    private double macroF1() {
        return byLabel.entrySet().stream()
                .filter(label -> label.getValue().gold() > 0)
                .sorted(Map.Entry.comparingByKey())
                .mapToDouble(label -> label.getValue().f1())
                .average()
                .orElse(0);
    }
}
