package federa.train;

import ai.djl.ndarray.NDManager;
import federa.engine.GradMode;
import federa.task.Batch;
import federa.task.Example;
import federa.task.Prediction;
import federa.task.Task;
import federa.task.Windows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Predicts with a model, in batches of similar lengths. Used by one thread. */
public final class Scorer {

    private final ClientModel model;
    private final Task task;

    public Scorer(ClientModel model, Task task) {
        this.model = model;
        this.task = task;
    }

    /** The prediction for every row, in the order given. */
    public List<Prediction> predict(List<Windows> rows, int batchSize) {
        List<List<Example>> examples = rows.stream().map(Windows::examples).toList();
        List<float[]> outputs = outputs(examples.stream().flatMap(List::stream).toList(), batchSize);
        List<Prediction> predictions = new ArrayList<>(rows.size());
        int next = 0;
        for (int row = 0; row < rows.size(); row++) {
            int end = next + examples.get(row).size();
            predictions.add(rows.get(row).predict(outputs.subList(next, end)));
            next = end;
        }
        return predictions;
    }

    /** The task's outputs for every example, in the order given. */
    public List<float[]> outputs(List<Example> examples, int batchSize) {
        List<Integer> byLength =
                new ArrayList<>(IntStream.range(0, examples.size()).boxed().toList());
        byLength.sort(Comparator.comparingInt(i -> examples.get(i).length()));
        List<Example> sorted = byLength.stream().map(examples::get).toList();
        float[][] result = new float[examples.size()][];
        int next = 0;
        try (GradMode off = GradMode.off()) {
            for (Batch batch : Batch.inOrder(sorted, batchSize)) {
                for (float[] row : outputs(batch)) {
                    result[byLength.get(next++)] = row;
                }
            }
        }
        return Arrays.asList(result);
    }

    private float[][] outputs(Batch batch) {
        try (NDManager scope = model.newScope()) {
            return task.outputs(model.encoder(), batch, scope);
        }
    }
}
