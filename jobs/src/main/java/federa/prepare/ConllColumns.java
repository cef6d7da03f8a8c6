package federa.prepare;

import java.util.regex.Pattern;

/**
 * Where a line of a CoNLL file has its word and its tag.
 *
 * @param width columns of every line; {@link #FIRST_LINE}: as many as the file's first word has
 * @param word from 0, or from -1 backwards
 * @param tag from 0, or from -1 backwards
 */
record ConllColumns(Pattern separator, int width, int word, int tag) {

    static final int FIRST_LINE = 0;

    /** More than any format has; what is behind the last is left in one piece. */
    private static final int MAX_COLUMNS = 1_000;

    private static final String DOCUMENT = "-DOCSTART-";

    /** A word and a tag, and nothing but sentences. */
    static ConllColumns two(String separator) {
        return new ConllColumns(Pattern.compile(separator), 2, 0, 1);
    }

    /** Any number of columns between tabs or spaces. */
    static ConllColumns any(int word, int tag) {
        return new ConllColumns(Pattern.compile("[\t ]+"), FIRST_LINE, word, tag);
    }

    String[] split(String line) {
        return separator.split(line.stripTrailing(), MAX_COLUMNS);
    }

    /** Whether a line ends a sentence. WNUT-2017 separates some by a lone tab. */
    boolean isBetweenSentences(String line) {
        return line.isBlank() || line.startsWith(DOCUMENT);
    }

    /**
     * Whether a line above a sentence is a comment. A word may start with # as well, a hashtag for instance: it is one if a
     * tag stands where the tags stand. Formats of a fixed width have no comments.
     */
    boolean isComment(String line, int expected) {
        if (width != FIRST_LINE || !line.startsWith("#")) {
            return false;
        }

        String[] columns = split(line);
        boolean isWide = expected == FIRST_LINE ? has(columns.length) : columns.length == expected;
        return !isWide || !TagScheme.isTag(columns[at(tag, columns.length)]);
    }

    /** Whether a line of so many columns has those of the word and the tag. */
    boolean has(int columns) {
        return isWithin(at(word, columns), columns) && isWithin(at(tag, columns), columns);
    }

    String word(String[] columns) {
        return columns[at(word, columns.length)];
    }

    String tag(String[] columns) {
        return columns[at(tag, columns.length)];
    }

    private static int at(int column, int columns) {
        return column < 0 ? columns + column : column;
    }

    private static boolean isWithin(int place, int columns) {
        return place >= 0 && place < columns;
    }
}
