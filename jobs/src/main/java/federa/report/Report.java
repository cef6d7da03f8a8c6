package federa.report;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * All that one page shows: runs that are compared with each other, and how their data lay on the clients.
 *
 * @param partition {@link PartitionStats#NONE} when it is not known
 */
public record Report(String title, Instant created, List<RunHistory> runs, PartitionStats partition) {
    public Report {
        requireNonNull(title, "title");
        requireNonNull(created, "created");
        runs = List.copyOf(runs);
        requireNonNull(partition, "partition");
    }
}
