package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** The sentences of a CoNLL file: one word a line, blank lines between sentences. */
final class Sentences implements Records<List<Word>> {

    private final Lines lines;
    private final ConllColumns columns;
    private int width;
    private long start;

    Sentences(InputStream bytes, ConllColumns columns) {
        this.lines = new Lines(bytes);
        this.columns = columns;
        this.width = columns.width();
    }

    @Override
    public List<Word> next() throws IOException, Malformed {
        List<Word> words = new ArrayList<>();
        Malformed firstProblem = null;
        boolean open = false;
        while (true) {
            try {
                String line = nextLine();
                boolean between = line == null || columns.isBetweenSentences(line);
                if (between && (open || line == null)) {
                    break;
                }

                if (between || (!open && columns.isComment(line, width))) {
                    continue;
                }

                if (!open) {
                    open = true;
                    start = lines.line();
                }
                if (words.size() == Limits.PARTS) {
                    throw new Unusable(
                            start,
                            "the sentence that starts here has more than %,d words; blank lines between sentences are missing"
                                    .formatted(Limits.PARTS));
                }
                words.add(word(line));
            } catch (Malformed e) {
                // The lines behind it belong to the same sentence: read on to its end.
                open = true;
                firstProblem = firstProblem == null ? e : firstProblem;
            }
        }

        if (firstProblem != null) {
            throw firstProblem;
        }
        return words.isEmpty() ? null : words;
    }

    @Override
    public long line() {
        return start;
    }

    private String nextLine() throws IOException, Malformed {
        try {
            return lines.next();
        } catch (Malformed e) {
            throw new Malformed(lines.line(), e.getMessage());
        }
    }

    private Word word(String line) throws Unusable, Malformed {
        if (line.indexOf('\r') >= 0) {
            throw new Malformed(
                    lines.line(), "a carriage return stands inside the line; end each line with LF or CRLF");
        }
        String[] found = columns.split(line);
        if (width == ConllColumns.FIRST_LINE) {
            if (!columns.has(found.length)) {
                throw new Unusable(
                        lines.line(),
                        "the line has %d columns, but data.source names the columns %d and %d (the first is 0, the last -1)"
                                .formatted(found.length, columns.word(), columns.tag()));
            }
            width = found.length;
        }

        if (found.length != width) {
            throw new Malformed(lines.line(), "found %d columns, expected %d".formatted(found.length, width));
        }

        String word = columns.word(found);
        if (word.isEmpty()) {
            throw new Malformed(lines.line(), "the word is empty");
        }

        if (word.indexOf(' ') >= 0) {
            throw new Malformed(lines.line(), "the word '%s' holds a space".formatted(word));
        }
        return new Word(lines.line(), word, columns.tag(found));
    }
}
