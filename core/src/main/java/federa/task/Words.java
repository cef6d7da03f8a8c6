package federa.task;

import federa.text.Pieces;
import java.util.ArrayList;
import java.util.List;

/** The words of a text: what stands between spaces, tabs and line ends, by UTF-16 indices. */
final class Words {

    private final String text;
    private final List<int[]> spans = new ArrayList<>();

    Words(String text) {
        this.text = text;
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean inside = i < text.length() && " \t\n\r".indexOf(text.charAt(i)) < 0;
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                spans.add(new int[] {start, i});
                start = -1;
            }
        }
    }

    int count() {
        return spans.size();
    }

    int start(int word) {
        return spans.get(word)[0];
    }

    int end(int word) {
        return spans.get(word)[1];
    }

    /** The text from the start of one word to the end of another. */
    String between(int first, int last) {
        return text.substring(start(first), end(last));
    }

    /** The first piece of every word, -1 for a word that the tokenizer has nothing for. */
    int[] firstPieces(Pieces pieces) {
        int[] first = new int[count()];
        int piece = 0;
        for (int word = 0; word < first.length; word++) {
            while (piece < pieces.size() && pieces.starts()[piece] < start(word)) {
                piece++;
            }
            // A piece without characters stands for white space or for nothing.
            while (piece < pieces.size() && pieces.starts()[piece] == pieces.ends()[piece]) {
                piece++;
            }
            first[word] = piece < pieces.size() && pieces.starts()[piece] < end(word) ? piece : -1;
        }
        return first;
    }
}
