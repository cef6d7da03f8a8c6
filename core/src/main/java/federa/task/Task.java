package federa.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.encoder.HeadKind;
import federa.encoder.HeadedEncoder;
import federa.spi.InvalidInputException;
import federa.text.Tokenizer;
import java.io.Serializable;
import java.util.List;

/** What a run learns to predict. One file per task, and its name in {@link Tasks} or in another {@code ChoiceProvider}. */
public interface Task extends Serializable {

    /** The name used in tables, reports and configuration. */
    String name();

    /** The metric that a run is judged by; more is better. */
    String metric();

    /** The columns that a row must have for a prediction. */
    List<String> inputs();

    /** The columns that a row must have besides, to be learnt from. */
    List<String> truths();

    /** What the model's head reads. */
    HeadKind head();

    /** The labels that the head tells apart, of those of the data set; empty for a head that has none. */
    List<String> labels(List<String> ofData);

    /** The tokens of an example that the tokenizer puts around its texts. */
    default int specialTokens(Tokenizer tokenizer) {
        return tokenizer.leading() + tokenizer.trailing();
    }

    /**
     * Checks the settings against the length of examples, which takes no time.
     *
     * @param special tokens of an example that are not its texts'; 0 while the tokenizer is not known
     * @throws InvalidInputException naming the keys that do not agree
     */
    void requireFits(int maxTokens, int special);

    /**
     * Rows as examples with their targets. A row may give several, or none where nothing of it can be learnt.
     *
     * @throws InvalidInputException naming the row that is not what the task needs
     */
    List<Example> examples(List<? extends Fields> rows, Reader reader);

    /** The examples as one pass over them should see them; the examples themselves unless the task hides tokens. */
    default List<Example> pass(List<Example> examples, Reader reader, long seed) {
        return examples;
    }

    /** What training minimises: the mean over the batch, a scalar in the scope. */
    NDArray loss(HeadedEncoder model, Batch batch, NDManager scope);

    /** Rows as examples to be scored; their targets are not needed. */
    List<Windows> windows(List<? extends Fields> rows, Reader reader);

    /** What the task reads out of the model for each example of a batch, for {@link Windows#predict}. */
    float[][] outputs(HeadedEncoder model, Batch batch, NDManager scope);

    /** The columns of the task's predictions, see {@link Prediction#values}. */
    List<Column> predictions();

    /** The labels whose probabilities a prediction lists, in that order; empty if it lists none. */
    default List<String> probabilitiesOf(List<String> labels) {
        return List.of();
    }

    /** The score of no row, to which predictions are added; its first metric is {@link #metric()}. */
    Score score(List<String> labels);
}
