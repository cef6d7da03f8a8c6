package federa.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody may have meant who wrote another. */
final class DidYouMean {

    private DidYouMean() {}

    /** As an aside to end a message with, empty if no name is similar enough. */
    static String aside(String given, Collection<String> names) {
        return closest(given, names).map(" (did you mean '%s'?)"::formatted).orElse("");
    }

    /** The most similar name, if at most a third of it is written otherwise. */
    static Optional<String> closest(String given, Collection<String> names) {
        return names.stream()
                .filter(name -> distance(plain(given), plain(name)) <= Math.max(1, name.length() / 3))
                .min(Comparator.comparingInt((String name) -> distance(plain(given), plain(name)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Characters to add, to drop, to replace or to swap with their neighbour: the optimal string alignment distance. */
    private static int distance(String a, String b) {
        int[][] distance = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                distance[i][j] = i == 0 || j == 0 ? i + j : step(distance, a, b, i, j);
            }
        }
        return distance[a.length()][b.length()];
    }

    private static int step(int[][] distance, String a, String b, int i, int j) {
        int replaced = distance[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, 1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, 1 + distance[i - 2][j - 2]) : best;
    }
}
