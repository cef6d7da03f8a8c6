package federa.checkpoint;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Finds what somebody may have meant by a tensor name that is not there. */
final class SimilarNames {
    private static final int SHOWN = 3;

    private SimilarNames() {}

    static CheckpointException missing(Path file, String name, Collection<String> names) {
        String similar = names.stream()
                .sorted(Comparator.comparingInt((String other) -> -likeness(name, other))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(SHOWN)
                .map(CheckpointException::quote)
                .collect(Collectors.joining(", "));
        return new CheckpointException(
                file,
                String.format(
                        "has no tensor %s; the most similar of its %d names: %s; use the weight file that belongs to"
                                + " config.json",
                        CheckpointException.quote(name), names.size(), similar.isEmpty() ? "none" : similar));
    }

    /** Length of what both names start and end with: tensor names differ in a prefix, a layer number or the last word. */
    private static int likeness(String a, String b) {
        int shorter = Math.min(a.length(), b.length());
        int start = 0;
        while (start < shorter && a.charAt(start) == b.charAt(start)) {
            start++;
        }
        int end = 0;
        while (end < shorter - start && a.charAt(a.length() - 1 - end) == b.charAt(b.length() - 1 - end)) {
            end++;
        }
        return start + end;
    }
}
