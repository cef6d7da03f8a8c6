package federa.job;

import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** The processor time of all tasks that end from now on: unlike time, it says little about a machine's other users. */
final class TaskCpu extends SparkListener {

    private final SparkContext context;
    private final AtomicLong nanos = new AtomicLong();

    TaskCpu(SparkContext context) {
        this.context = context;
        context.addSparkListener(this);
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        if (end.taskMetrics() != null) { // a lost task has none
            nanos.addAndGet(end.taskMetrics().executorCpuTime());
        }
    }

    /** Seconds so far, of all tasks whose end was reported. */
    double seconds() {
        try {
            context.listenerBus().waitUntilEmpty();
        } catch (TimeoutException e) {
            throw new IllegalStateException("Spark did not tell of the end of all tasks", e);
        }
        return nanos.get() / 1e9;
    }
}
