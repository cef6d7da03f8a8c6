package federa.task;

import federa.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A row of a data set in a test, and what reads it: the embedded model's tokenizer. */
record Line(Map<String, Object> values) implements Fields {

    static final Tokenizer TOKENIZER = Tokenizer.load(model("roberta-mini"));

    static Path model(String name) {
        return Path.of("..", "model-store", "models", name);
    }

    static Reader reader(int maxTokens, String... labels) {
        return new Reader(TOKENIZER, List.of(labels), maxTokens);
    }

    @Override
    public String text(String column) {
        return (String) values.get(column);
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<String> texts(String column) {
        return (List<String>) values.get(column);
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<Integer> numbers(String column) {
        return (List<Integer>) values.get(column);
    }
}
