package federa.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Seconds of a round by phase. */
final class Phases {

    private final Map<String, Double> seconds = new LinkedHashMap<>();

    <T> T time(String phase, Supplier<T> work) {
        long begin = System.nanoTime();
        T result = work.get();
        seconds.merge(phase, (System.nanoTime() - begin) / 1e9, Double::sum);
        return result;
    }

    Map<String, Double> seconds() {
        return Map.copyOf(seconds);
    }
}
