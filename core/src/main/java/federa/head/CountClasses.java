package federa.head;

import federa.federated.FederatedAlgorithm;
import federa.federated.GlobalModel;
import federa.federated.ServerState;
import federa.peft.FrozenBase;
import federa.task.Batch;
import federa.task.ClassTask;
import federa.task.Example;
import federa.task.Reader;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many texts or tokens each class has, without the model. */
final class CountClasses extends HeadWork {

    private static final long serialVersionUID = 1L;

    static final String COUNTS = "counts";

    private final int classes;

    CountClasses(ClassTask task, FederatedAlgorithm algorithm, long seed, int classes) {
        super(task, algorithm, seed);
        this.classes = classes;
    }

    @Override
    public String described() {
        return "count the classes of";
    }

    @Override
    public SortedMap<String, long[]> sent(ServerState state) {
        return new TreeMap<>(Map.of(COUNTS, Doubles.shape(classes)));
    }

    @Override
    public Done perform(FrozenBase frozen, GlobalModel model, List<Example> examples, Reader reader, int client) {
        double[] counts = new double[classes];
        for (int ofClass : new Batch(examples).classes()) {
            counts[ofClass]++;
        }
        return done(Map.of(COUNTS, Doubles.toTensor(counts)));
    }
}
