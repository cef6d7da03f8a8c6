package federa.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.MissingNode;
import federa.train.HeadRate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is wrong with a configuration tree that could not be bound, in the words of the one who wrote it. */
final class Mistake {

    private static final int LONGEST_VALUE = 60;

    private final ObjectMapper mapper;
    private final JsonNode tree;
    private final JsonMappingException error;

    private Mistake(ObjectMapper mapper, JsonNode tree, JsonMappingException error) {
        this.mapper = mapper;
        this.tree = tree;
        this.error = error;
    }

    /** One line that names the key. */
    static String explain(ObjectMapper mapper, JsonNode tree, JsonProcessingException e) {
        return e instanceof JsonMappingException mapping
                ? new Mistake(mapper, tree, mapping).explain()
                : oneLine(e.getOriginalMessage());
    }

    static String oneLine(String message) {
        return String.valueOf(message).lines().findFirst().orElse("").strip();
    }

    private String explain() {
        if (error instanceof UnrecognizedPropertyException unknown) {
            return unknown(key(), unknown.getKnownPropertyIds());
        }
        if (error instanceof InvalidTypeIdException choice) {
            return choice(choice.getBaseType());
        }
        if (error.getCause() instanceof IllegalArgumentException refused) {
            return oneLine(refused.getMessage());
        }
        String message = error.getOriginalMessage();
        if (message.startsWith("Missing creator property") || message.startsWith("Missing required creator property")) {
            return missing();
        }
        if (message.startsWith("Null value for creator property") || value().isNull()) {
            return "%s has no value".formatted(key());
        }
        if (error instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            return "%s must be %s, got %s%s"
                    .formatted(
                            key(), expected(mismatch.getTargetType()), shown(value()), meant(mismatch.getTargetType()));
        }
        return "%s: %s".formatted(key(), oneLine(message));
    }

    /** A key with a typing error makes one that is missing too; the wrong one says more. */
    private String missing() {
        List<Reference> path = error.getPath();
        String key = key();
        if (path.get(path.size() - 1).getFrom() instanceof Class<?> type) {
            BeanDescription bean = mapper.getDeserializationConfig().introspect(mapper.constructType(type));
            List<String> known = bean.findProperties().stream()
                    .map(BeanPropertyDefinition::getName)
                    .toList();
            JsonNode parent = at(path.subList(0, path.size() - 1));
            for (String present : (Iterable<String>) parent::fieldNames) {
                if (!known.contains(present) && !present.equals("kind") && !present.equals("format")) {
                    String wrong = key.substring(0, key.lastIndexOf('.') + 1) + present;
                    return unknown(wrong, List.copyOf(known)) + ", of which '%s' is missing".formatted(key);
                }
            }
        }
        return "the key '%s' is missing".formatted(key);
    }

    private static String unknown(String key, Collection<Object> known) {
        TreeSet<String> names = new TreeSet<>();
        if (known != null) {
            known.forEach(name -> names.add(String.valueOf(name)));
        }
        names.remove(Experiment.DEFAULTED);
        return "unknown key '%s'%s; known here are %s".formatted(key, meant(key, names), names);
    }

    /** A key beside it of a similar name, or else one elsewhere of the same name. */
    private static String meant(String key, Collection<String> siblings) {
        String above = key.substring(0, key.lastIndexOf('.') + 1);
        String last = key.substring(above.length());
        return DidYouMean.closest(last, siblings)
                .map(name -> above + name)
                .or(() -> Meanings.STANDARD.keys().stream()
                        .filter(other -> other.endsWith("." + last.replace('_', '-')))
                        .findFirst())
                .map(" (did you mean '%s'?)"::formatted)
                .orElse("");
    }

    private String choice(JavaType base) {
        BeanDescription bean = mapper.getDeserializationConfig().introspectClassAnnotations(base);
        String property = bean.getClassAnnotations().get(JsonTypeInfo.class).property();
        List<String> kinds = mapper
                .getSubtypeResolver()
                .collectAndResolveSubtypesByTypeId(mapper.getDeserializationConfig(), bean.getClassInfo())
                .stream()
                .map(NamedType::getName)
                .filter(Objects::nonNull)
                .sorted()
                .toList();
        JsonNode given = value().path(property);
        String key = key() + "." + property;
        return given.isMissingNode()
                ? "the key '%s' is missing; it must be one of %s".formatted(key, kinds)
                : "%s must be one of %s, got %s%s"
                        .formatted(key, kinds, shown(given), DidYouMean.aside(given.asText(), kinds));
    }

    private String meant(Class<?> type) {
        return type.isEnum() ? DidYouMean.aside(value().asText(), constants(type)) : "";
    }

    private static List<String> constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> KebabEnum.kebab((Enum<?>) constant))
                .toList();
    }

    private static String expected(Class<?> type) {
        if (type.isEnum()) {
            return "one of " + constants(type);
        }
        if (type == int.class || type == long.class) {
            return "a whole number";
        }
        if (type == double.class) {
            return "a number";
        }
        if (type == HeadRate.class) {
            return "a number above 0, or frozen";
        }
        if (type == boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "a text";
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "a mapping of keys to values";
    }

    private String key() {
        return error.getPath().stream()
                .map(reference ->
                        reference.getFieldName() == null ? "[" + reference.getIndex() + "]" : reference.getFieldName())
                .collect(Collectors.joining("."));
    }

    private JsonNode value() {
        return at(new ArrayList<>(error.getPath()));
    }

    private JsonNode at(List<Reference> path) {
        JsonNode node = tree;
        for (Reference reference : path) {
            node = reference.getFieldName() == null
                    ? node.path(reference.getIndex())
                    : node.path(reference.getFieldName());
        }
        return node == null ? MissingNode.getInstance() : node;
    }

    private static String shown(JsonNode value) {
        String text = value.isTextual() ? "'" + value.textValue() + "'" : value.toString();
        return text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "..." : text;
    }
}
