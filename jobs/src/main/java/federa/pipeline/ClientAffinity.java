package federa.pipeline;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which executor a client goes to first: the one that trained it last and still has its token ids. No executor gets more
 * than its share of a round that way, so none waits while another has a queue.
 */
final class ClientAffinity {

    private final Map<Integer, String> last = new HashMap<>();

    /** Remembers where a client was trained. */
    void trained(int client, String executor) {
        last.put(client, executor);
    }

    /**
     * The executors that a round's clients prefer, in their order; a client without one may go anywhere and is not among them. The
     * scheduler does not wait for an executor that is gone.
     *
     * @param executors that share the work, at least 1
     */
    Map<Integer, String> preferred(List<Integer> clients, int executors) {
        int share = (clients.size() + executors - 1) / executors;
        Map<String, Integer> taken = new HashMap<>();
        Map<Integer, String> preferred = new LinkedHashMap<>();
        for (int client : clients) {
            String executor = last.get(client);
            if (executor != null && taken.merge(executor, 1, Integer::sum) <= share) {
                preferred.put(client, executor);
            }
        }
        return preferred;
    }
}
