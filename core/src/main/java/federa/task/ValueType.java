package federa.task;

import java.util.List;

/**
 * What the values of a {@link Column} are, whatever holds them. Values of a prediction are never null; those of a row that
 * could not be predicted all are.
 */
public sealed interface ValueType {

    /** A single value. */
    enum Single implements ValueType {
        /** A {@link String}. */
        TEXT,
        /** An {@link Integer}. */
        WHOLE,
        /** A {@link Double}. */
        DECIMAL
    }

    /** A {@link List} of values of one type. */
    record ListOf(ValueType element) implements ValueType {}

    /** A {@link List} with the value of each field, in their order. */
    record Struct(List<Column> fields) implements ValueType {}

    static ValueType listOf(ValueType element) {
        return new ListOf(element);
    }

    static ValueType struct(Column... fields) {
        return new Struct(List.of(fields));
    }
}
