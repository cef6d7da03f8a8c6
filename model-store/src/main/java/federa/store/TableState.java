package federa.store;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.RemoveFile;
import org.apache.spark.sql.delta.actions.SetTransaction;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * The files of a Delta table and what each writer wrote last. This process follows its log commit by commit, where Delta
 * works both out anew for each version, with Spark jobs; these are needed once, for what is in a checkpoint.
 */
final class TableState {

    /** By identity: Delta keeps one log of each table, until its cache is cleared. */
    private static final Map<DeltaLog, TableState> STATES = new WeakHashMap<>();

    private final Map<String, AddFile> files = new LinkedHashMap<>();
    private final Map<String, Long> writers = new HashMap<>();
    private String tableId;
    private long version = -1;

    private TableState() {}

    /** The state of a table, which is that of the snapshot or a later one. */
    static TableState of(DeltaLog log, Snapshot snapshot) {
        TableState state;
        synchronized (STATES) {
            state = STATES.computeIfAbsent(log, first -> new TableState());
        }
        state.follow(log, snapshot);
        return state;
    }

    private synchronized void follow(DeltaLog log, Snapshot snapshot) {
        String id = snapshot.metadata().id();
        if (!id.equals(tableId)) { // the table was made anew, as after its directory was replaced
            files.clear();
            writers.clear();
            version = -1;
            tableId = id;
        }
        if (version < snapshot.checkpointProvider().version()) {
            begin(snapshot);
        }
        if (version < snapshot.version()) {
            Iterator<Tuple2<Object, Seq<Action>>> commits = log.getChanges(version + 1, snapshot.version(), true);
            while (commits.hasNext()) {
                Tuple2<Object, Seq<Action>> commit = commits.next();
                JavaConverters.seqAsJavaList(commit._2()).forEach(this::add);
                version = (long) commit._1();
            }
        }
    }

    /** The log before a checkpoint may be gone, so Delta is asked. */
    private void begin(Snapshot snapshot) {
        files.clear();
        writers.clear();
        snapshot.allFiles().collectAsList().forEach(this::add);
        JavaConverters.seqAsJavaList(snapshot.setTransactions()).forEach(this::add);
        version = snapshot.version();
    }

    private void add(Action action) {
        if (action instanceof AddFile file) {
            files.put(file.path(), file);
        } else if (action instanceof RemoveFile file) {
            files.remove(file.path());
        } else if (action instanceof SetTransaction transaction) {
            writers.put(transaction.appId(), transaction.version());
        }
    }

    /** The files, in the order in which they were added. */
    synchronized List<AddFile> files() {
        return List.copyOf(files.values());
    }

    /** The version that a writer wrote last, or -1. */
    synchronized long lastVersion(String writer) {
        return writers.getOrDefault(writer, -1L);
    }
}
