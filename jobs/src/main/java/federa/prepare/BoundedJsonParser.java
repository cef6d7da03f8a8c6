package federa.prepare;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;

/**
 * Reads JSON up to so many tokens and bytes for each record, so that a few packed kilobytes cannot become gigabytes of nodes.
 * What is skipped counts as well.
 */
final class BoundedJsonParser extends JsonParserDelegate {

    private final int maxTokens;
    private final long maxBytes;

    private long tokens;
    private long start;

    BoundedJsonParser(JsonParser parser, int maxTokens, long maxBytes) {
        super(parser);
        this.maxTokens = maxTokens;
        this.maxBytes = maxBytes;
    }

    /** A new record begins. */
    void renew() {
        tokens = 0;
        start = offset();
    }

    @Override
    public JsonToken nextToken() throws IOException {
        if (++tokens > maxTokens || offset() - start > maxBytes) {
            throw new Unusable(
                    currentTokenLocation().getLineNr(),
                    "the JSON of one record goes on for more than %,d tokens or %d MiB; cut it into smaller ones"
                            .formatted(maxTokens, maxBytes >> 20));
        }
        return super.nextToken();
    }

    @Override
    public JsonParser skipChildren() throws IOException {
        if (currentToken() == JsonToken.START_OBJECT || currentToken() == JsonToken.START_ARRAY) {
            int open = 1;
            while (open > 0) {
                JsonToken token = nextToken();
                if (token == null) {
                    return this;
                }
                open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
        }
        return this;
    }

    /** Bytes, or characters where the source has no bytes. */
    private long offset() {
        long bytes = currentLocation().getByteOffset();
        return bytes >= 0 ? bytes : currentLocation().getCharOffset();
    }
}
