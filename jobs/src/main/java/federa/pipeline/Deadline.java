package federa.pipeline;

import java.util.HashSet;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * The end of the time that a round's clients have. Then the tasks that still train are killed; Spark starts them again,
 * and they find the time over and report that. Covers the jobs that this thread starts until it is closed.
 *
 * <p>A task that does not react to being killed is ended with its executor by Spark's task reaper, and one whose machine
 * says nothing any more by Spark's heartbeats.
 */
final class Deadline extends SparkListener implements AutoCloseable {

    /** Marks the jobs, in Spark's properties of a job. */
    private static final String MARK = "federa.deadline";

    /** For those who were killed to come back and report, before they are killed again. */
    private static final int GRACE_SECONDS = 15;

    private final SparkContext context;
    private final long end;
    private final String mark = Integer.toHexString(System.identityHashCode(this));
    private final Set<Integer> stages = new HashSet<>();
    private final Set<Long> tasks = new HashSet<>();
    private final Timer clock = new Timer("federation.deadline", true);

    Deadline(SparkContext context, int seconds) {
        this.context = context;
        end = System.currentTimeMillis() + TimeUnit.SECONDS.toMillis(seconds);
        context.setLocalProperty(MARK, mark);
        context.addSparkListener(this);
        TimerTask kill = new TimerTask() {
            @Override
            public void run() {
                kill();
            }
        };
        clock.schedule(kill, TimeUnit.SECONDS.toMillis(seconds), TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
    }

    /** In milliseconds of the epoch. */
    long epochMillis() {
        return end;
    }

    /** Clients train in the stage before the shuffle; what folds their updates must not be ended. */
    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted stage) {
        if (stage.stageInfo().shuffleDepId().isDefined()
                && mark.equals(stage.properties().getProperty(MARK))) {
            stages.add(stage.stageInfo().stageId());
        }
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart start) {
        if (stages.contains(start.stageId())) {
            tasks.add(start.taskInfo().taskId());
        }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        tasks.remove(end.taskInfo().taskId());
    }

    private synchronized void kill() {
        tasks.forEach(task -> context.killTaskAttempt(task, true, "the round's time is over (federation.deadline)"));
    }

    @Override
    public void close() {
        clock.cancel();
        context.removeSparkListener(this);
        context.setLocalProperty(MARK, null);
    }
}
