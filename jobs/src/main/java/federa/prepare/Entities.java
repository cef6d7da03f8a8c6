package federa.prepare;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Tagged sentences as rows of {@link Kind#ENTITIES}.
 *
 * @param key of all of them, or null
 */
record Entities(TagScheme scheme, String key) implements Parser<List<Word>, Labelled> {

    private static final String NO_ENTITY = "NULL";

    @Override
    public Labelled parse(List<Word> sentence) throws Malformed {
        List<String> tags = scheme.iob2(sentence);
        String text = sentence.stream().map(Word::text).collect(Collectors.joining(" "));
        return new Labelled(null, null, text, types(tags), key, Annotation.tags(tags));
    }

    /** FedNLP's label, which its partitions go by. */
    static String types(List<String> tags) {
        String types = tags.stream()
                .filter(tag -> !tag.equals(TagScheme.OUTSIDE))
                .map(TagScheme::type)
                .distinct()
                .sorted()
                .collect(Collectors.joining("-"));
        return types.isEmpty() ? NO_ENTITY : types;
    }
}
