package federa.task;

import java.util.List;

/** What a model says of a row. Places in a text are UTF-16 indices, the end one after the last character. */
public sealed interface Prediction {

    /**
     * The class of a text.
     *
     * @param probabilities of all classes, in index order
     */
    record Label(String label, float[] probabilities) implements Prediction {}

    /**
     * The entities of a sentence.
     *
     * @param tags one IOB2 tag for each word
     * @param entities what the tags say, in order
     */
    record Entities(List<String> tags, List<Mention> entities) implements Prediction {}

    /** An entity as it stands in the text. */
    record Mention(String type, String text, int start, int end) {}

    /**
     * The answer to a question.
     *
     * @param answers the best ones, at least one, the best first
     */
    record Answers(List<Answer> answers) implements Prediction {}

    /**
     * A span of the context.
     *
     * @param probability among the best answers
     */
    record Answer(String text, double probability, int start, int end) {}

    /**
     * How well hidden tokens were guessed.
     *
     * @param loss sum of their cross entropies
     * @param correct how many were the most likely ones
     * @param tokens how many were hidden
     */
    record Guesses(double loss, int correct, int tokens) implements Prediction {}
}
