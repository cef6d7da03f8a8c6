package federa.pipeline;

import java.util.Locale;

/** How long runs will take that are not trained yet, from those that were trained since the start. Safe for many threads. */
final class TimeLeft {

    private final long start = System.nanoTime();
    private final int runs;
    private int done;

    TimeLeft(int runs) {
        this.runs = runs;
    }

    /** In words, after one more run has ended. */
    synchronized String afterOneMore() {
        done++;
        return inWords(done, runs, (System.nanoTime() - start) / 1e9);
    }

    static String inWords(int done, int runs, double seconds) {
        double left = seconds / done * (runs - done);
        return left < 120
                ? String.format(Locale.ROOT, "%d of %d done, about %.0f s left", done, runs, left)
                : String.format(Locale.ROOT, "%d of %d done, about %.1f h left", done, runs, left / 3600);
    }
}
