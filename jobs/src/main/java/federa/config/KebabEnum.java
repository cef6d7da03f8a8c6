package federa.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleDeserializers;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Enum constants as they are written in configuration: NUM_EXAMPLES is {@code num-examples}. */
final class KebabEnum {

    private KebabEnum() {}

    /** Reads and writes every enum so, those of records in a user's jar too. */
    static Module module() {
        SimpleModule module = new SimpleModule("kebab-case enums");
        module.setDeserializers(new Reading());
        module.addSerializer(new Writing());
        return module;
    }

    private static final class Reading extends SimpleDeserializers {

        private static final long serialVersionUID = 1L;

        @Override
        public JsonDeserializer<?> findEnumDeserializer(
                Class<?> type, DeserializationConfig config, BeanDescription description) {
            return new Constant(type);
        }
    }

    private static final class Constant extends StdDeserializer<Object> {

        private static final long serialVersionUID = 1L;

        Constant(Class<?> type) {
            super(type);
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getValueAsString();
            List<Enum<?>> constants = Arrays.stream(handledType().getEnumConstants())
                    .<Enum<?>>map(constant -> (Enum<?>) constant)
                    .toList();
            for (Enum<?> constant : constants) {
                if (kebab(constant).equals(text)) {
                    return constant;
                }
            }
            List<String> known = constants.stream().map(KebabEnum::kebab).toList();
            throw context.weirdStringException(text, handledType(), "it must be one of " + known);
        }
    }

    @SuppressWarnings("rawtypes") // as Jackson names the type of all enums
    private static final class Writing extends StdSerializer<Enum> {

        private static final long serialVersionUID = 1L;

        Writing() {
            super(Enum.class);
        }

        @Override
        public void serialize(Enum constant, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(kebab(constant));
        }
    }

    static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
