package federa.report;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * How the examples lay on the clients.
 *
 * @param description one line, such as "Dirichlet, alpha 0.1 per label, 100 clients, seed 1"
 * @param counted what the histograms count by: "label" or "cluster"
 * @param labels these labels or clusters in display order; those that only a histogram knows follow them
 */
public record PartitionStats(String description, String counted, List<String> labels, List<ClientStats> clients) {
    /** The partition is not known: the page leaves its section out. */
    public static final PartitionStats NONE = new PartitionStats("", "label", List.of(), List.of());

    public PartitionStats {
        requireNonNull(description, "description");
        requireNonNull(counted, "counted");
        labels = List.copyOf(labels);
        clients = List.copyOf(clients);
    }
}
