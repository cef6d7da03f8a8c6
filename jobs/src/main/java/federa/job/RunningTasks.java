package federa.job;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Keeps track of the tasks that start from now on. When a job fails, its other tasks end a little later than the job; whoever
 * removes what they write waits for them here.
 *
 * <p>Events come in the order in which the scheduler sent them, so once the end of a job has come, the starts of all its
 * tasks have. Spark's own status tracker shows the state of up to a moment ago.
 */
final class RunningTasks extends SparkListener implements AutoCloseable {

    private final SparkContext context;
    private final Set<Integer> jobs = new HashSet<>();
    private final Set<Long> tasks = new HashSet<>();

    RunningTasks(SparkContext context) {
        this.context = context;
        context.addSparkListener(this);
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart start) {
        jobs.add(start.jobId());
    }

    @Override
    public synchronized void onJobEnd(SparkListenerJobEnd end) {
        jobs.remove(end.jobId());
        notifyAll();
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart start) {
        tasks.add(start.taskInfo().taskId());
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        tasks.remove(end.taskInfo().taskId());
        notifyAll();
    }

    /**
     * Waits until no job and no task is left, or the time is over.
     *
     * @throws TimeoutException if the scheduler's events took longer than that
     */
    void await(long seconds) throws TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        context.listenerBus().waitUntilEmpty(TimeUnit.SECONDS.toMillis(seconds)); // a start may still be on its way
        synchronized (this) {
            while (!(jobs.isEmpty() && tasks.isEmpty()) && System.nanoTime() < deadline) {
                TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
            }
        }
    }

    @Override
    public void close() {
        context.removeSparkListener(this);
    }
}
