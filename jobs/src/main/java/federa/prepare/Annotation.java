package federa.prepare;

import java.util.List;

/**
 * What a record says of its text beyond the label; null where the kind of data has no such column.
 *
 * @param tags one IOB2 tag a word
 * @param answers at least one, parts of the text
 * @param starts the UTF-16 index of each answer in the text
 */
record Annotation(List<String> tags, String question, List<String> answers, List<Integer> starts) {

    static final Annotation NONE = new Annotation(null, null, null, null);

    static Annotation tags(List<String> tags) {
        return new Annotation(tags, null, null, null);
    }

    static Annotation answers(String question, List<String> answers, List<Integer> starts) {
        return new Annotation(null, question, answers, starts);
    }
}
