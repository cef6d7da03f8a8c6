package federa.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import federa.peft.Targets;
import federa.prepare.Source;
import federa.spi.Choice;
import federa.spi.Choices;
import java.util.List;

/** How YAML becomes records: kebab-case keys, and the names of all choices. The records themselves know nothing of it. */
final class Binding {

    /** What the class path had when the first experiment was read. */
    static final Choices CHOICES = Choices.load();

    private Binding() {}

    static YAMLMapper mapper() {
        YAMLMapper mapper = YAMLMapper.builder(YAMLFactory.builder()
                        .stringQuotingChecker(new Unusual())
                        .build())
                .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.USE_NATIVE_TYPE_ID)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .addModule(KebabEnum.module())
                .addModule(HeadRateText.module())
                .addMixIn(Targets.class, TargetList.class)
                .build();
        CHOICES.categories()
                .forEach(category ->
                        mapper.addMixIn(category, category == Source.class ? ByFormat.class : ByKind.class));
        for (Choice<?> choice : CHOICES.all()) {
            mapper.registerSubtypes(new NamedType(choice.type(), choice.name()));
        }
        return mapper;
    }

    /** Quotes, beside what YAML reserves, what it would read as another character: its line breaks and what is not printed. */
    private static final class Unusual extends StringQuotingChecker.Default {

        private static final long serialVersionUID = 1L;

        @Override
        public boolean needToQuoteValue(String value) {
            return super.needToQuoteValue(value) || value.codePoints().anyMatch(Unusual::isUnusual);
        }

        private static boolean isUnusual(int character) {
            return switch (Character.getType(character)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> true;
                default -> Character.isWhitespace(character) && character != ' ';
            };
        }
    }

    /** A choice is named by its key {@code kind}. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    private interface ByKind {}

    /** The choice of a raw data set is named by its key {@code format}. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "format")
    private interface ByFormat {}

    /** Targets are written as the list they hold. */
    private abstract static class TargetList {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        @SuppressWarnings("unused") // stands for the record's constructor
        TargetList(List<String> entries) {}

        @JsonValue
        abstract List<String> entries();
    }
}
