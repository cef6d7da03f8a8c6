package federa.udf;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/** A task is not where its client's examples are. The message is about no example, so anybody may read it. */
final class ClientNotHere extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /** For the successor of an executor that died: it needs a moment to start. */
    private static final long PAUSE_MILLIS = 5_000;

    ClientNotHere(int client) {
        super("client %d is on no executor that is alive; start the worker that has it, with %s in its environment"
                .formatted(client, ClientLocation.Resident.VARIABLE));
    }

    /** Waits a moment if Spark will try another executor when this exception leaves the task; false if it will not. */
    boolean anotherExecutorIsTried() {
        SparkConf conf = SparkEnv.get().conf();
        int attempts = conf.get("spark.master").startsWith("local") ? 1 : conf.getInt("spark.task.maxFailures", 4);
        if (TaskContext.get().attemptNumber() + 1 >= attempts) {
            return false;
        }
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the task was killed, which ends it after this
        }
        return true;
    }
}
