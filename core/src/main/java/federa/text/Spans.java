package federa.text;

import ai.djl.huggingface.tokenizers.jni.CharSpan;

/** From the native library's spans, which count code points and take in spaces, to those of {@link Pieces}. */
final class Spans {

    private final String text;

    /** The index of the char at which each code point begins, and the text's length; null if both counts agree. */
    private final int[] begins;

    Spans(String text) {
        this.text = text;
        int characters = text.codePointCount(0, text.length());
        this.begins = characters == text.length() ? null : begins(text, characters);
    }

    Pieces of(int[] ids, CharSpan[] spans) {
        int[] starts = new int[ids.length];
        int[] ends = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            int start = index(spans[i].getStart());
            int end = index(spans[i].getEnd());
            while (start < end && isSpace(text.charAt(start))) {
                start++;
            }
            while (end > start && isSpace(text.charAt(end - 1))) {
                end--;
            }
            starts[i] = start;
            ends[i] = end;
        }
        return new Pieces(ids, starts, ends);
    }

    private int index(int character) {
        return begins == null ? character : begins[character];
    }

    private static int[] begins(String text, int characters) {
        int[] begins = new int[characters + 1];
        int index = 0;
        for (int i = 0; i < characters; i++) {
            begins[i] = index;
            index += Character.charCount(text.codePointAt(index));
        }
        begins[characters] = index;
        return begins;
    }

    /** No white space is outside the basic plane, so a char is enough to tell. */
    private static boolean isSpace(char character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character);
    }
}
