package federa.metric;

import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * How a sequence of IOB2 tags ({@code O}, {@code B-PER}, {@code I-PER}) is read as entities. In both ways an entity goes
 * on as long as {@code I-} tags of its type follow; they differ in what may begin one.
 *
 * @see <a href="https://github.com/chakki-works/seqeval">seqeval</a>
 */
public enum Entities {
    /**
     * Whatever does not continue an entity begins one, an {@code I-} after {@code O} or after another type too: seqeval
     * without a mode, and CoNLL's conlleval.
     */
    DEFAULT {
        @Override
        boolean begins(char prefix) {
            return true;
        }
    },
    /** Only {@code B-} begins an entity; an {@code I-} that continues none is as good as {@code O}: seqeval's strict IOB2. */
    STRICT {
        @Override
        boolean begins(char prefix) {
            return prefix == 'B';
        }
    };

    private static final String OUTSIDE = "O";

    /** Whether a tag with this prefix that does not continue an entity begins one. */
    abstract boolean begins(char prefix);

    /**
     * The entities of a sentence in order.
     *
     * @param tags one for each word
     * @throws InvalidInputException naming a tag that is not IOB2
     */
    public List<Entity> in(List<String> tags) {
        List<Entity> entities = new ArrayList<>();
        String open = null;
        int start = 0;
        for (int word = 0; word < tags.size(); word++) {
            String tag = tags.get(word);
            String type = type(tag);
            if (type != null && type.equals(open) && tag.charAt(0) == 'I') {
                continue;
            }
            if (open != null) {
                entities.add(new Entity(open, start, word));
            }
            open = type != null && begins(tag.charAt(0)) ? type : null;
            start = word;
        }
        if (open != null) {
            entities.add(new Entity(open, start, tags.size()));
        }
        return entities;
    }

    /** The type that a tag names, null for the tag outside of all entities. */
    private static String type(String tag) {
        if (tag.equals(OUTSIDE)) {
            return null;
        }
        if (tag.length() < 3 || !(tag.startsWith("B-") || tag.startsWith("I-"))) {
            throw new InvalidInputException("'%s' is no IOB2 tag: use O, B-TYPE or I-TYPE".formatted(tag));
        }
        return tag.substring(2);
    }
}
