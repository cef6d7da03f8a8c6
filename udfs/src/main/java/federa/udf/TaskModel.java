package federa.udf;

import federa.federated.ServerState;
import federa.task.Fields;
import federa.task.Prediction;
import federa.task.Task;
import federa.train.ClientModel;
import federa.train.Scorer;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** A run's model in a Spark task that predicts with it; what it holds is freed when the task ends. */
final class TaskModel {

    private final Task task;
    private final RunModel shared;
    private final Scorer scorer;
    private final int batchSize;

    /**
     * Opens the model.
     *
     * @param state what was trained
     * @param batchSize examples predicted together
     */
    TaskModel(RunContext run, ServerState state, int batchSize, Configuration hadoop) {
        task = run.task();
        shared = RunModel.open(run, state.baseDelta(), hadoop);
        atEnd(context -> shared.close());
        ClientModel model = shared.bind(state.trainable(), 0);
        atEnd(context -> model.close()); // listeners run in reverse: the model goes before what it shares
        scorer = new Scorer(model, task);
        this.batchSize = batchSize;
    }

    private static void atEnd(TaskCompletionListener listener) {
        TaskContext.get().addTaskCompletionListener(listener);
    }

    /** The prediction for every row, in the order given. */
    List<Prediction> predict(List<? extends Fields> rows) {
        return scorer.predict(task.windows(rows, shared.reader()), batchSize);
    }
}
