package federa.pipeline;

import federa.federated.ServerState;
import java.util.IdentityHashMap;
import org.apache.spark.broadcast.Broadcast;

/**
 * One broadcast of each round's state, for all tasks that need it: those that evaluate it, those that write it, and those that
 * train from it in the next round. Safe for many threads.
 */
final class StateBroadcasts implements AutoCloseable {

    private final Workspace workspace;
    private final IdentityHashMap<ServerState, Broadcast<ServerState>> sent = new IdentityHashMap<>();

    StateBroadcasts(Workspace workspace) {
        this.workspace = workspace;
    }

    /** The state's broadcast, made when it is first asked for. */
    synchronized Broadcast<ServerState> of(ServerState state) {
        return sent.computeIfAbsent(state, s -> workspace.context().broadcast(s));
    }

    /** Frees a state that no task needs any more. */
    synchronized void release(ServerState state) {
        Broadcast<ServerState> broadcast = sent.remove(state);
        if (broadcast != null) {
            broadcast.destroy();
        }
    }

    @Override
    public synchronized void close() {
        sent.values().forEach(Broadcast::destroy);
        sent.clear();
    }
}
