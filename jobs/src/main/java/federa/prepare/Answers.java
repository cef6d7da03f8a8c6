package federa.prepare;

import java.util.ArrayList;
import java.util.List;

/**
 * The gold answers to one question, looked up in its context.
 *
 * <p>The files count Unicode code points, as Python does; Java and the stored column count UTF-16 units.
 */
final class Answers {

    private final String context;
    private final List<String> texts = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();

    Answers(String context) {
        this.context = context;
    }

    /** Adds an answer that must stand in the context as it is written here. */
    void add(int firstCodePoint, String text) throws Malformed {
        if (text.isBlank()) {
            throw new Malformed("an answer is empty");
        }

        int start = index(firstCodePoint);
        if (!context.startsWith(text, start)) {
            String there = context.substring(start, Math.min(context.length(), start + text.length()));
            throw new Malformed("the answer '%s' is not at character %d of the context, where '%s' is"
                    .formatted(text, firstCodePoint, there));
        }
        texts.add(text);
        starts.add(start);
    }

    /** The part of the context from one character to another, both included. */
    String between(int firstCodePoint, int lastCodePoint) throws Malformed {
        if (lastCodePoint < firstCodePoint) {
            throw new Malformed(
                    "an answer ends at character %d, before its start at %d".formatted(lastCodePoint, firstCodePoint));
        }
        return context.substring(index(firstCodePoint), index(lastCodePoint + 1));
    }

    Annotation to(String question) throws Malformed {
        if (texts.isEmpty()) {
            throw new Malformed("the question has no answer");
        }
        return Annotation.answers(question, texts, starts);
    }

    private int index(int codePoint) throws Malformed {
        if (codePoint < 0 || codePoint > context.codePointCount(0, context.length())) {
            throw new Malformed("an answer is at character %d, outside of the context".formatted(codePoint));
        }
        return context.offsetByCodePoints(0, codePoint);
    }
}
