package federa.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Enum constants as they are written in configuration: NUM_EXAMPLES is {@code num-examples}. */
final class KebabEnum {

    private KebabEnum() {}

    static <E extends Enum<E>> void register(SimpleModule module, Class<E> type) {
        module.addDeserializer(type, new StdDeserializer<E>(type) {
            @Override
            public E deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                String text = parser.getValueAsString();
                for (E constant : type.getEnumConstants()) {
                    if (kebab(constant).equals(text)) {
                        return constant;
                    }
                }
                List<String> known = Arrays.stream(type.getEnumConstants())
                        .map(KebabEnum::kebab)
                        .toList();
                throw context.weirdStringException(text, type, "it must be one of " + known);
            }
        });
        module.addSerializer(type, new StdSerializer<E>(type) {
            @Override
            public void serialize(E constant, JsonGenerator generator, SerializerProvider provider) throws IOException {
                generator.writeString(kebab(constant));
            }
        });
    }

    static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
