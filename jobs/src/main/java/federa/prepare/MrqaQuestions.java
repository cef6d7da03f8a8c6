package federa.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The questions of a file of the MRQA shared task: a header, then one context with its questions a line.
 *
 * <p>The organisers' sample has no header. Such a file is taken for the data set that it is named after.
 */
final class MrqaQuestions implements Records<Asked> {

    private final JsonObjects lines;
    private final String dataset;
    private final Deque<Asked> waiting = new ArrayDeque<>();

    private JsonNode first;

    private MrqaQuestions(JsonObjects lines, String dataset, JsonNode first) {
        this.lines = lines;
        this.dataset = dataset;
        this.first = first;
    }

    static MrqaQuestions open(SplitFile file, InputStream bytes) throws IOException {
        JsonObjects lines = new JsonObjects(bytes);
        try {
            JsonNode first = lines.next();
            if (first != null && first.has("context")) {
                String name = file.name().substring(file.name().lastIndexOf('/') + 1);
                return new MrqaQuestions(lines, name.replaceFirst("\\..*", ""), first);
            }

            String dataset =
                    first == null ? "" : first.path("header").path("dataset").asText();
            if (dataset.isBlank()) {
                throw new Unusable(
                        1,
                        "the first line is neither {\"header\": {\"dataset\": NAME, ...}} nor a context with questions");
            }
            return new MrqaQuestions(lines, dataset.strip(), null);
        } catch (Malformed e) {
            throw new Unusable(1, "in the header, " + e.getMessage());
        }
    }

    @Override
    public Asked next() throws IOException, Malformed {
        while (waiting.isEmpty()) {
            JsonNode line = first == null ? lines.next() : first;
            first = null;
            if (line == null) {
                return null;
            }

            String context = JsonText.required(line, "context");
            if (context.isBlank()) {
                throw new Malformed("the context is empty");
            }
            for (JsonNode question : line.path("qas")) {
                waiting.add(new Asked(dataset, context, question));
            }
        }
        return waiting.remove();
    }

    @Override
    public long line() {
        return lines.line();
    }
}
