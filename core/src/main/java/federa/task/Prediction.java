package federa.task;

import java.util.ArrayList;
import java.util.List;

/** What a model says of a row. Places in a text are UTF-16 indices, the end one after the last character. */
public interface Prediction {

    /** The prediction as the task's {@link Task#predictions() columns} have it: one value for each, in their order. */
    List<Object> values();

    /**
     * The class of a text.
     *
     * @param probabilities of all classes, in index order
     */
    record Label(String label, float[] probabilities) implements Prediction {

        @Override
        public List<Object> values() {
            List<Double> wide = new ArrayList<>(probabilities.length);
            for (float probability : probabilities) {
                wide.add((double) probability);
            }
            return List.of(label, wide);
        }
    }

    /**
     * The entities of a sentence.
     *
     * @param tags one IOB2 tag for each word
     * @param entities what the tags say, in order
     */
    record Entities(List<String> tags, List<Mention> entities) implements Prediction {

        @Override
        public List<Object> values() {
            return List.of(
                    tags,
                    entities.stream()
                            .map(m -> List.<Object>of(m.type(), m.text(), m.start(), m.end()))
                            .toList());
        }
    }

    /** An entity as it stands in the text. */
    record Mention(String type, String text, int start, int end) {}

    /**
     * The answer to a question.
     *
     * @param answers the best ones, at least one, the best first
     */
    record Answers(List<Answer> answers) implements Prediction {

        /** The best answer. */
        public Answer best() {
            return answers.get(0);
        }

        @Override
        public List<Object> values() {
            return List.of(
                    best().text(),
                    best().probability(),
                    answers.stream()
                            .map(a -> List.<Object>of(a.text(), a.probability(), a.start(), a.end()))
                            .toList());
        }
    }

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
    record Guesses(double loss, int correct, int tokens) implements Prediction {

        @Override
        public List<Object> values() {
            return List.of(loss, correct, tokens);
        }
    }
}
