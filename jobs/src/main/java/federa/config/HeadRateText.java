package federa.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import federa.train.HeadRate;
import java.io.IOException;

/** The head's learning rate as it is written in configuration: a number, or {@code frozen}. */
final class HeadRateText {

    private static final String FROZEN = "frozen";

    private HeadRateText() {}

    static Module module() {
        SimpleModule module = new SimpleModule("head-learning-rate");
        module.addDeserializer(HeadRate.class, new Reading());
        module.addSerializer(new Writing());
        return module;
    }

    private static final class Reading extends StdDeserializer<HeadRate> {

        private static final long serialVersionUID = 1L;

        Reading() {
            super(HeadRate.class);
        }

        @Override
        public HeadRate deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getValueAsString("");
            if (text.equals(FROZEN)) {
                return HeadRate.FROZEN;
            }
            try {
                double rate = Double.parseDouble(text);
                if (rate != 0) { // a rate that is no rate is refused with the other settings of training
                    return new HeadRate(rate);
                }
            } catch (NumberFormatException e) {
                throw refusal(text, context);
            }
            throw refusal(text, context);
        }

        private static IOException refusal(String text, DeserializationContext context) {
            return context.weirdStringException(text, HeadRate.class, "it must be a number above 0, or frozen");
        }
    }

    private static final class Writing extends StdSerializer<HeadRate> {

        private static final long serialVersionUID = 1L;

        Writing() {
            super(HeadRate.class);
        }

        @Override
        public void serialize(HeadRate rate, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (rate.frozen()) {
                generator.writeString(FROZEN);
            } else {
                generator.writeNumber(rate.value());
            }
        }
    }
}
