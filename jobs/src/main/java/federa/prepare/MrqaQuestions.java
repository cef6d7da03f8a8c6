package federa.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/** The questions of a file of the MRQA shared task: a header, then one context with its questions a line. */
final class MrqaQuestions implements Records<Asked> {

    private final JsonObjects lines;
    private final String dataset;
    private final Deque<Asked> waiting = new ArrayDeque<>();

    private MrqaQuestions(JsonObjects lines, String dataset) {
        this.lines = lines;
        this.dataset = dataset;
    }

    static MrqaQuestions open(InputStream bytes) throws IOException {
        JsonObjects lines = new JsonObjects(bytes);
        try {
            JsonNode first = lines.next();
            String dataset =
                    first == null ? "" : first.path("header").path("dataset").asText();
            if (dataset.isBlank()) {
                throw new Unusable(1, "the first line is not the header {\"header\": {\"dataset\": NAME, ...}}");
            }
            return new MrqaQuestions(lines, dataset.strip());
        } catch (Malformed e) {
            throw new Unusable(1, "in the header, " + e.getMessage());
        }
    }

    @Override
    public Asked next() throws IOException, Malformed {
        while (waiting.isEmpty()) {
            JsonNode line = lines.next();
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
