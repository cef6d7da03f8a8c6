package federa.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** How a file's tags mark where an entity begins. */
public enum TagScheme {
    /** As CoNLL-2003 is distributed: B- only where an entity follows another of its type without a gap. */
    IOB1 {
        @Override
        String iob2(String tag, String before, long line) {
            return isInside(tag) && !continues(tag, before) ? "B-" + type(tag) : tag;
        }
    },

    /** Every entity begins with B-. */
    IOB2 {
        @Override
        String iob2(String tag, String before, long line) throws Malformed {
            if (isInside(tag) && !continues(tag, before)) {
                throw new Malformed(
                        line,
                        "the tag '%s' follows '%s', but only B-%s or I-%s can come before it"
                                .formatted(tag, before, type(tag), type(tag)));
            }
            return tag;
        }
    };

    static final String OUTSIDE = "O";

    private static final Pattern FURTHER_SCHEME = Pattern.compile("[ESULM]-\\S+");
    private static final Pattern TAG = Pattern.compile("O|[BI]-\\S+");

    static boolean isTag(String text) {
        return TAG.matcher(text).matches();
    }

    /** The entity type of a tag other than O. */
    static String type(String tag) {
        return tag.substring("B-".length());
    }

    /** The tags of a sentence in IOB2. */
    List<String> iob2(List<Word> sentence) throws Malformed {
        List<String> tags = new ArrayList<>(sentence.size());
        String before = OUTSIDE;
        for (Word word : sentence) {
            if (!isTag(word.tag())) {
                String hint = FURTHER_SCHEME.matcher(word.tag()).matches()
                        ? "; BIOES and BILOU are not read, convert them to IOB2"
                        : "";
                throw new Malformed(
                        word.line(), "'%s' is no tag, expected O, B-TYPE or I-TYPE%s".formatted(word.tag(), hint));
            }
            tags.add(iob2(word.tag(), before, word.line()));
            before = word.tag();
        }
        return tags;
    }

    abstract String iob2(String tag, String before, long line) throws Malformed;

    private static boolean isInside(String tag) {
        return tag.startsWith("I-");
    }

    private static boolean continues(String tag, String before) {
        return !before.equals(OUTSIDE) && type(before).equals(type(tag));
    }
}
