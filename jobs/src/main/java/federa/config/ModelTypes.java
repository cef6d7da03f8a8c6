package federa.config;

import java.util.Optional;

/** Finds out what a base model is before anything is imported: some defaults depend on it. */
@FunctionalInterface
public interface ModelTypes {

    /** Knows no model: the defaults are those of the most common architectures. */
    ModelTypes UNKNOWN = (name, source) -> Optional.empty();

    /**
     * The {@code model_type} of a model's {@code config.json}, nothing if it cannot be read (whoever needs the model says why).
     *
     * @param name in the model store, which comes first
     * @param source directory to import it from
     */
    Optional<String> of(String name, String source);
}
