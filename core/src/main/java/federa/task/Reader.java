package federa.task;

import federa.text.Tokenizer;
import java.util.List;

/**
 * What a task needs to turn rows into examples.
 *
 * @param tokenizer of the model
 * @param labels of the run, in index order
 * @param maxTokens of an example, special tokens included
 */
public record Reader(Tokenizer tokenizer, List<String> labels, int maxTokens) {}
