package federa.encoder;

import federa.spi.InvalidInputException;
import java.util.Collection;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The families of encoders that this process knows: those of {@code META-INF/services}, by {@code model_type}. */
public final class EncoderFamilies {

    private static final Map<String, EncoderFamily> BY_MODEL_TYPE = find();

    private EncoderFamilies() {}

    /**
     * The family with this {@code model_type}.
     *
     * @throws InvalidInputException if there is none; the message lists those there are
     */
    public static EncoderFamily of(String modelType) {
        EncoderFamily family = BY_MODEL_TYPE.get(modelType);
        if (family == null) {
            throw new InvalidInputException(
                    "model_type is '%s'; this version knows %s".formatted(modelType, BY_MODEL_TYPE.keySet()));
        }
        return family;
    }

    /** All of them, in the order of their {@code model_type}. */
    public static Collection<EncoderFamily> all() {
        return BY_MODEL_TYPE.values();
    }

    private static Map<String, EncoderFamily> find() {
        Map<String, EncoderFamily> found = new TreeMap<>();
        for (EncoderFamily family : ServiceLoader.load(EncoderFamily.class, EncoderFamily.class.getClassLoader())) {
            EncoderFamily other = found.putIfAbsent(family.modelType(), family);
            if (other != null) {
                throw new IllegalStateException("both %s and %s say that they are the family of model_type '%s'"
                        .formatted(other.getClass().getName(), family.getClass().getName(), family.modelType()));
            }
        }
        return found;
    }
}
