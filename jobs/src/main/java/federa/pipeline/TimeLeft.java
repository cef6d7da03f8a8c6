package federa.pipeline;

import java.util.Locale;

/** How long it will take to do what is left of some work, if it goes on as it did since the start. Safe for many threads. */
final class TimeLeft {

    private static final double MINUTES = 120;
    private static final double HOURS = 7200;

    private final long start = System.nanoTime();
    private final double work;
    private double done;

    TimeLeft(double work) {
        this.work = work;
    }

    /** In words, after some more of the work is done. */
    synchronized String after(double more) {
        done += more;
        return inWords(done / work, (System.nanoTime() - start) / 1e9);
    }

    /**
     * In words.
     *
     * @param part that is done, above 0
     * @param seconds that it took
     */
    static String inWords(double part, double seconds) {
        double left = seconds / part * (1 - part);
        String time = left < MINUTES
                ? String.format(Locale.ROOT, "%.0f s", left)
                : left < HOURS
                        ? String.format(Locale.ROOT, "%.0f min", left / 60)
                        : String.format(Locale.ROOT, "%.1f h", left / 3600);
        return String.format(Locale.ROOT, "%.0f %% done, about %s left", 100 * part, time);
    }
}
