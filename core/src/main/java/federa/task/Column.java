package federa.task;

/**
 * A column that a task adds to rows which it predicts for.
 *
 * @param name in the table that comes out
 * @param type of its values
 */
public record Column(String name, ValueType type) {}
