package federa.task;

import java.util.List;

/** A row on its way to a prediction: the parts of it that the model sees, and how to read what it says of them. */
public interface Windows {

    /** One or more examples, each no longer than the model may see. */
    List<Example> examples();

    /**
     * The prediction for the row.
     *
     * @param outputs the task's {@link Task#outputs} of each example
     */
    Prediction predict(List<float[]> outputs);
}
