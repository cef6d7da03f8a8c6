package federa.partition;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which executor a client goes to first: the one that trained it last and still has its token ids. No executor gets more
 * than its share of a round that way, so none waits while another has a queue.
 */
public final class Homes {

    private final Map<Integer, String> homes = new HashMap<>();

    /** Remembers where a client was trained. */
    public void trained(int client, String executor) {
        homes.put(client, executor);
    }

    /**
     * The homes of a round's clients, in their order; a client without one may go anywhere and is not among them. The
     * scheduler does not wait for an executor that is gone.
     *
     * @param executors that share the work, at least 1
     */
    public Map<Integer, String> of(List<Integer> clients, int executors) {
        int share = (clients.size() + executors - 1) / executors;
        Map<String, Integer> taken = new HashMap<>();
        Map<Integer, String> preferred = new LinkedHashMap<>();
        for (int client : clients) {
            String home = homes.get(client);
            if (home != null && taken.merge(home, 1, Integer::sum) <= share) {
                preferred.put(client, home);
            }
        }
        return preferred;
    }
}
