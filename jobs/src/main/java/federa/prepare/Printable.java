package federa.prepare;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Text out of data, such as a label or a name, as a person can read it in a message, a log or on a terminal: what is
 * invisible there, or would break the line, is written as in Java, for instance {@code \r} and {@code \\u00a0}.
 */
public final class Printable {

    private Printable() {}

    /** The text with its control characters, its formatting characters and its odd blanks written out. */
    public static String of(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(character -> append(shown, character));
        return shown.toString();
    }

    /** A list of such texts, in brackets. */
    public static String of(Collection<String> texts) {
        return texts.stream().map(Printable::of).collect(Collectors.joining(", ", "[", "]"));
    }

    private static void append(StringBuilder shown, int character) {
        switch (character) {
            case '\n' -> shown.append("\\n");
            case '\r' -> shown.append("\\r");
            case '\t' -> shown.append("\\t");
            default -> {
                if (isVisible(character)) {
                    shown.appendCodePoint(character);
                } else {
                    for (char unit : Character.toChars(character)) {
                        shown.append("\\u%04x".formatted((int) unit));
                    }
                }
            }
        }
    }

    private static boolean isVisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> character == ' ';
            default -> true;
        };
    }
}
