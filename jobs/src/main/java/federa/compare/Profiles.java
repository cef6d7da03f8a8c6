package federa.compare;

import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Devices and links that clients might have.
 *
 * @param measuredOn the device that the runs are trained on
 * @param devices by name
 * @param links by name
 */
public record Profiles(String measuredOn, Map<String, Device> devices, Map<String, Link> links) {

    public Profiles {
        devices = Collections.unmodifiableMap(new LinkedHashMap<>(devices));
        links = Collections.unmodifiableMap(new LinkedHashMap<>(links));
        require(devices.containsKey(measuredOn), "measured-on must be one of " + devices.keySet(), measuredOn);
    }

    /**
     * A device.
     *
     * @param gigaflops that it sustains while it trains
     * @param source of the number
     * @param assumed whether nobody measured it
     */
    public record Device(double gigaflops, String source, boolean assumed) {
        public Device {
            require(gigaflops > 0 && Double.isFinite(gigaflops), "gigaflops must be above 0", gigaflops);
        }
    }

    /**
     * A client's link, in either direction.
     *
     * @param latencyMs one way
     * @param source of the numbers
     * @param assumed whether nobody measured it
     */
    public record Link(double mbitPerSecond, double latencyMs, String source, boolean assumed) {
        public Link {
            require(
                    mbitPerSecond > 0 && Double.isFinite(mbitPerSecond),
                    "mbit-per-second must be above 0",
                    mbitPerSecond);
            require(latencyMs >= 0 && Double.isFinite(latencyMs), "latency-ms must be 0 or more", latencyMs);
        }
    }

    /** Every device behind every link. */
    public List<Scenario> scenarios() {
        double here = devices.get(measuredOn).gigaflops();
        List<Scenario> scenarios = new ArrayList<>();
        devices.forEach((device, profile) -> links.forEach((link, line) -> scenarios.add(new Scenario(
                device, link, here / profile.gigaflops(), 1e6 * line.mbitPerSecond(), line.latencyMs() / 1e3))));
        return scenarios;
    }

    private static void require(boolean valid, String rule, Object value) {
        if (!valid) {
            throw new InvalidInputException("%s, got %s".formatted(rule, value));
        }
    }
}
