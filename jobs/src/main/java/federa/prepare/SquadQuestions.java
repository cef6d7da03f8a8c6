package federa.prepare;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * The questions of a file in the form of SQuAD: {@code {"data": [{"title", "paragraphs": [{"context", "qas": [...]}]}]}}, other
 * keys aside. In place of an article there may be a question by itself, {@code {"title", "context", "id", "question",
 * "answers"}}, as the library datasets has them; and in place of the outer object its array, or articles or questions one a
 * line.
 *
 * <p>It holds one paragraph at a time, or one article if its title stands behind the paragraphs.
 */
final class SquadQuestions implements Records<Asked> {

    private static final String UNTITLED = "untitled";

    /** What a question by itself has. Its title is read as an article's is. */
    private static final Set<String> OF_QUESTION = Set.of("context", "id", "question", "answers", "is_impossible");

    /** What one article may hold if its title comes last; SQuAD 1.1 as a whole has a third of it. */
    private static final int MAX_TOKENS = 4 * Limits.PARTS;

    private static final long MAX_BYTES = 64 << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** What the parser is inside of. */
    private enum Place {
        /** Nothing: before, between or behind the outer values. */
        OUTSIDE,
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
    private BoundedJsonParser parser;
    private Place place = Place.OUTSIDE;
    private Place container;
    private boolean isWithinFile;
    private boolean isWithinArray;
    private boolean isKnown;
    private ObjectNode alone;
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
            parser = new BoundedJsonParser(JSON.createParser(bytes), MAX_TOKENS, MAX_BYTES);
        }
        if (waiting.isEmpty()) {
            parser.renew();
        }

        JsonToken token = parser.nextToken();
        switch (place) {
            case OUTSIDE -> outside(token);
            case FILE, ARTICLE -> within(token);
            case ARTICLES -> {
                require(token == JsonToken.START_OBJECT || token == JsonToken.END_ARRAY);
                if (token == JsonToken.START_OBJECT) {
                    begin(Place.ARTICLE);
                } else {
                    place = isWithinFile ? Place.FILE : Place.OUTSIDE;
                }
            }
            case PARAGRAPHS -> {
                require(token == JsonToken.START_OBJECT || token == JsonToken.END_ARRAY);
                if (token == JsonToken.START_OBJECT) {
                    paragraph();
                } else {
                    place = container;
                }
            }
            case END -> throw new IllegalStateException("there is nothing behind the end");
        }
    }

    private void outside(JsonToken token) throws Unusable {
        // The end is read as well, because only there gzip's checksum is compared.
        if (token == null) {
            if (alone == null && !isWithinArray) {
                throw new Unusable(1, "the file is empty");
            }
            place = Place.END;
            return;
        }

        require(token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY);
        isWithinFile = token == JsonToken.START_OBJECT;
        isWithinArray = !isWithinFile;
        if (isWithinFile) {
            begin(Place.FILE);
        } else {
            place = Place.ARTICLES;
        }
    }

    private void begin(Place object) {
        place = object;
        container = object;
        isKnown = false;
        alone = JSON.createObjectNode();
        title = null;
    }

    /** A key of an article, of a question by itself, or of the file. */
    private void within(JsonToken token) throws IOException, Malformed {
        if (token == JsonToken.END_OBJECT) {
            end();
            return;
        }

        String name = parser.currentName();
        if (name.equals("title")) {
            String found = parser.nextToken() == JsonToken.VALUE_STRING
                    ? parser.getText().strip()
                    : "";
            title = found.isEmpty() ? UNTITLED : found;
            parser.skipChildren();
        } else if (OF_QUESTION.contains(name)) {
            parser.nextToken();
            alone.set(name, parser.readValueAsTree());
        } else {
            boolean holdsArticles = name.equals("data") && place == Place.FILE;
            if (enters(holdsArticles || name.equals("paragraphs"))) {
                isKnown = true;
                place = holdsArticles ? Place.ARTICLES : Place.PARAGRAPHS;
            }
        }
    }

    private void end() throws Unusable, Malformed {
        boolean isArticle = place == Place.ARTICLE;
        ObjectNode question = alone;
        boolean isQuestion = !isKnown && question.has("question");
        require(isKnown || isQuestion || isArticle);
        title = title == null ? UNTITLED : title;
        place = isArticle ? Place.ARTICLES : Place.OUTSIDE;
        if (isArticle && isWithinFile) {
            // The file's own keys go on behind its articles.
            container = Place.FILE;
            isKnown = true;
        }
        if (isQuestion) {
            waiting.add(new Waiting(here(), JsonText.required(question, "context"), question));
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
            } else if (enters(parser.currentName().equals("qas"))) {
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

    /** Steps into the array under the current key if it is wanted, and over the value otherwise. */
    private boolean enters(boolean isWanted) throws IOException {
        JsonToken value = parser.nextToken();
        if (!isWanted) {
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
                    "at column %d this is not the form of SQuAD: {\"data\": [{\"title\", \"paragraphs\": [{\"context\", \"qas\": [...]}]}]}, nor one question an object: {\"id\", \"title\", \"context\", \"question\", \"answers\"}"
                            .formatted(parser.currentTokenLocation().getColumnNr()));
        }
    }

    private long here() {
        return parser.currentTokenLocation().getLineNr();
    }
}
