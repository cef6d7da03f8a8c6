package federa.prepare;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A question as its file gives it.
 *
 * @param from title or data set of the text
 * @param context the text that holds the answers
 * @param question with its answers, not yet looked at
 */
record Asked(String from, String context, JsonNode question) {}
