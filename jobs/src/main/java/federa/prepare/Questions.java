package federa.prepare;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Questions as rows of {@link Kind#QUESTIONS}.
 *
 * @param idName the key of the question's id
 * @param gold how the format writes the answers
 */
record Questions(String idName, Gold gold) implements Parser<Asked, Labelled> {

    /** Finds a question's answers. */
    @FunctionalInterface
    interface Gold {

        void read(JsonNode question, Answers answers) throws Malformed, Skipped;
    }

    @Override
    public Labelled parse(Asked asked) throws Malformed, Skipped {
        String id = JsonText.identity(asked.question(), idName);
        if (id.isBlank()) {
            throw new Malformed("the id of a question is empty");
        }
        if (asked.question().path("is_impossible").asBoolean()) {
            throw new Skipped("the question is marked as impossible to answer");
        }

        try {
            return answered(id, asked);
        } catch (Malformed e) {
            // Many questions share a line, often all of a file.
            throw new Malformed("question %s: %s".formatted(id, e.getMessage()));
        }
    }

    private Labelled answered(String id, Asked asked) throws Malformed, Skipped {
        String question = JsonText.required(asked.question(), "question");
        if (question.isBlank()) {
            throw new Malformed("the question is empty");
        }

        Answers answers = new Answers(asked.context());
        gold.read(asked.question(), answers);
        return new Labelled(null, id, asked.context(), asked.from(), asked.from(), answers.to(question));
    }
}
