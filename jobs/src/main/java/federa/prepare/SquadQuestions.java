package federa.prepare;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The questions of a file in the form of SQuAD: {@code {"data": [{"title", "paragraphs": [{"context", "qas": [...]}]}]}}, other
 * keys aside.
 *
 * <p>It holds one paragraph at a time, or one article if its title stands behind the paragraphs.
 */
final class SquadQuestions implements Records<Asked> {

    private static final String UNTITLED = "untitled";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** What the parser is inside of. */
    private enum Place {
        START,
        FILE,
        ARTICLES,
        ARTICLE,
        PARAGRAPHS,
        END
    }

    /** A question whose title may not have been read yet. */
    private record Waiting(long line, String context, JsonNode question) {}

    private final InputStream bytes;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private JsonParser parser;
    private Place place = Place.START;
    private boolean hasArticles;
    private String title;
    private long line = 1;

    SquadQuestions(InputStream bytes) {
        this.bytes = bytes;
    }

    @Override
    public Asked next() throws IOException, Malformed {
        try {
            while (waiting.isEmpty() || title == null) {
                if (place == Place.END) {
                    return null;
                }
                advance();
            }
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw new Unusable(
                    at == null ? line : at.getLineNr(),
                    "not JSON at column %d: %s; the file may be cut off or damaged: fetch it again"
                            .formatted(at == null ? 0 : at.getColumnNr(), JsonText.firstLine(e)));
        }

        Waiting first = waiting.remove();
        line = first.line();
        return new Asked(title, first.context(), first.question());
    }

    @Override
    public long line() {
        return line;
    }

    private void advance() throws IOException, Malformed {
        if (parser == null) {
            parser = JSON.createParser(bytes);
        }

        JsonToken token = parser.nextToken();
        switch (place) {
            case START -> {
                if (token == null) {
                    throw new Unusable(1, "the file is empty");
                }
                require(token == JsonToken.START_OBJECT);
                place = Place.FILE;
            }
            case FILE -> {
                if (token == JsonToken.END_OBJECT) {
                    // To the very end, because only there gzip's checksum is compared.
                    require(hasArticles && parser.nextToken() == null);
                    place = Place.END;
                } else if (enters("data")) {
                    place = Place.ARTICLES;
                    hasArticles = true;
                }
            }
            case ARTICLES -> {
                require(token == JsonToken.START_OBJECT || token == JsonToken.END_ARRAY);
                place = token == JsonToken.START_OBJECT ? Place.ARTICLE : Place.FILE;
                title = null;
            }
            case ARTICLE -> article(token);
            case PARAGRAPHS -> {
                require(token == JsonToken.START_OBJECT || token == JsonToken.END_ARRAY);
                if (token == JsonToken.START_OBJECT) {
                    paragraph();
                } else {
                    place = Place.ARTICLE;
                }
            }
            case END -> throw new IllegalStateException("there is nothing behind the end");
        }
    }

    private void article(JsonToken token) throws IOException {
        if (token == JsonToken.END_OBJECT) {
            title = title == null ? UNTITLED : title;
            place = Place.ARTICLES;
        } else if (parser.currentName().equals("title")) {
            String found = parser.nextToken() == JsonToken.VALUE_STRING
                    ? parser.getText().strip()
                    : "";
            title = found.isEmpty() ? UNTITLED : found;
            parser.skipChildren();
        } else if (enters("paragraphs")) {
            place = Place.PARAGRAPHS;
        }
    }

    private void paragraph() throws IOException, Malformed {
        long start = here();
        String context = null;
        Deque<Waiting> questions = new ArrayDeque<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            if (parser.currentName().equals("context")) {
                context = parser.nextToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
                parser.skipChildren();
            } else if (enters("qas")) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    long at = here();
                    questions.add(new Waiting(at, null, parser.readValueAsTree()));
                }
            }
        }

        if (context == null || context.isBlank()) {
            throw new Malformed(start, "the paragraph with %d questions has no context".formatted(questions.size()));
        }

        if (!JsonText.isWhole(context)) {
            throw new Malformed(start, "'context' holds half a surrogate pair");
        }
        for (Waiting question : questions) {
            waiting.add(new Waiting(question.line(), context, question.question()));
        }
    }

    /** Steps into the array under the current key if it has this name, and over the value otherwise. */
    private boolean enters(String name) throws IOException {
        boolean wanted = parser.currentName().equals(name);
        JsonToken value = parser.nextToken();
        if (!wanted) {
            parser.skipChildren();
            return false;
        }
        require(value == JsonToken.START_ARRAY);
        return true;
    }

    private void require(boolean expected) throws Unusable {
        if (!expected) {
            throw new Unusable(
                    here(),
                    "at column %d this is not the form of SQuAD: {\"data\": [{\"title\", \"paragraphs\": [{\"context\", \"qas\": [...]}]}]}"
                            .formatted(parser.currentTokenLocation().getColumnNr()));
        }
    }

    private long here() {
        return parser.currentTokenLocation().getLineNr();
    }
}
