package federa.job;

import java.util.HashMap;
import java.util.Map;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * A bar with the time left for each stage of a round, named by its description, such as "round 3: train 10 clients"; it
 * counts finished tasks and goes when the stage has ended. Where nobody watches there is only the log, one line per round.
 */
final class Progress extends SparkListener {

    private static final String DESCRIPTION = "spark.job.description";
    private static final String ROUND = "round ";

    /** Fewer come and go too fast to be read. */
    private static final int FEWEST_TASKS = 2;

    private final ProgressBarConsumer display;
    private final Map<Integer, ProgressBar> bars = new HashMap<>();

    Progress(ProgressBarConsumer display) {
        this.display = display;
    }

    /** Shows bars on standard error if this process has a terminal. */
    @SuppressWarnings("SystemConsoleNull") // Spark 3.5 runs on Java 17
    static void showOnTerminal(SparkContext context) {
        if (System.console() != null) {
            context.addSparkListener(new Progress(new ConsoleProgressBarConsumer(System.err)));
        }
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted submitted) {
        String description = submitted.properties().getProperty(DESCRIPTION, "");
        int tasks = submitted.stageInfo().numTasks();
        if (description.startsWith(ROUND) && tasks >= FEWEST_TASKS) {
            bars.put(
                    submitted.stageInfo().stageId(),
                    new ProgressBarBuilder()
                            .setTaskName(description)
                            .setInitialMax(tasks)
                            .setConsumer(display)
                            .clearDisplayOnFinish()
                            .build());
        }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        ProgressBar bar = bars.get(end.stageId());
        if (bar != null && end.taskInfo().successful()) {
            bar.step();
        }
    }

    @Override
    public synchronized void onStageCompleted(SparkListenerStageCompleted completed) {
        ProgressBar bar = bars.remove(completed.stageInfo().stageId());
        if (bar != null) {
            bar.close();
        }
    }
}
