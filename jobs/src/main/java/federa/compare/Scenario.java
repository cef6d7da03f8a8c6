package federa.compare;

import federa.compare.Trained.ClientCost;
import federa.compare.Trained.RoundCost;

/**
 * Clients of one kind behind links of one kind.
 *
 * @param slowdown seconds there for a second where the run was trained
 * @param bitsPerSecond of a client's link, in either direction
 * @param latency in seconds, one way
 */
public record Scenario(String device, String link, double slowdown, double bitsPerSecond, double latency) {

    /** As in {@code jetson-agx-orin-30w, 10-mbit}. */
    public String name() {
        return device + ", " + link;
    }

    /**
     * Simulated seconds of a round: those of the client that is last, which receives the model, trains, and sends its update.
     * The server's own work and what makes a real round slower, such as clients that share a link, are not in it.
     */
    public double seconds(RoundCost round) {
        return round.clients().stream().mapToDouble(this::seconds).max().orElse(0);
    }

    private double seconds(ClientCost client) {
        return slowdown * client.seconds() + 8 * client.bytes() / bitsPerSecond + 2 * latency;
    }
}
