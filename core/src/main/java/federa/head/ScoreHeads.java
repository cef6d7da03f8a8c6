package federa.head;

import federa.federated.FederatedAlgorithm;
import federa.federated.GlobalModel;
import federa.federated.ServerState;
import federa.peft.FrozenBase;
import federa.task.ClassTask;
import federa.task.Example;
import federa.task.Reader;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The loss and the errors of heads on a client's held-out examples: of the head as it is, and of all candidates. */
final class ScoreHeads extends HeadWork {

    private static final long serialVersionUID = 1L;

    private static final String SCORES = "scores";

    private final Candidates candidates;

    ScoreHeads(ClassTask task, FederatedAlgorithm algorithm, long seed, Candidates candidates) {
        super(task, algorithm, seed);
        this.candidates = candidates;
    }

    @Override
    public String described() {
        return "score heads on the held-out examples of";
    }

    @Override
    public SortedMap<String, long[]> sent(ServerState state) {
        return new TreeMap<>(Map.of(SCORES, Doubles.shape(new Scores(candidates.count()).sums().length)));
    }

    @Override
    public Done perform(FrozenBase frozen, GlobalModel model, List<Example> examples, Reader reader, int client) {
        Scores scores = new Scores(candidates.count());
        try (Features features = new Features(frozen, model, task, candidates.classes(), true)) {
            examples.stream().filter(this::isHeldOut).forEach(example -> add(features.of(example), scores));
        }
        return done(Map.of(SCORES, Doubles.toTensor(scores.sums())));
    }

    private void add(Features.Rows rows, Scores scores) {
        for (int row = 0; row < rows.classes().length; row++) {
            int ofClass = rows.classes()[row];
            double[] asItIs = new double[candidates.classes()];
            for (int i = 0; i < asItIs.length; i++) {
                asItIs[i] = rows.scores()[row][i];
            }
            scores.begin();
            scores.add(asItIs, ofClass);
            candidates.scores(rows.features()[row], of -> scores.add(of, ofClass));
        }
    }

    /** What the sums of all clients come to. */
    static Scores result(Map<String, federa.tensor.Tensor> sums) {
        return new Scores(Doubles.of(sums.get(SCORES)));
    }
}
