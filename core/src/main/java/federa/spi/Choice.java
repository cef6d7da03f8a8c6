package federa.spi;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Something that an experiment file can choose by its name, such as the method {@code lora}.
 *
 * @param category what it is one of: the interface that the experiment has a component of, such as {@code Method}
 * @param name what it is called in experiment files: lower-case letters, digits, dots and dashes
 * @param type the record that holds its settings; a component is a key of the experiment file, in kebab case
 */
public record Choice<T>(Class<T> category, String name, Class<? extends T> type) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*");

    public Choice {
        Objects.requireNonNull(category, "category");
        Objects.requireNonNull(type, "type");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalStateException(
                    "the choice '%s' of %s must be named in lower-case letters, digits, dots and dashes"
                            .formatted(name, type.getName()));
        }
        if (!type.isRecord()) {
            throw new IllegalStateException(
                    "the choice '%s' must be a record, which %s is not".formatted(name, type.getName()));
        }
    }
}
