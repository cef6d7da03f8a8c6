package federa.metric;

/**
 * A stretch of words that names something.
 *
 * @param type such as PER
 * @param start its first word, from 0
 * @param end the word after its last
 */
public record Entity(String type, int start, int end) {}
