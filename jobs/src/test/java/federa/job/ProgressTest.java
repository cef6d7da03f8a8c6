package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.SharedSpark;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class ProgressTest {

    @Test
    void aRoundsStageHasABarUpToItsLastTaskAndOtherJobsHaveNone() throws Exception {
        SparkContext context = SharedSpark.session().sparkContext();
        List<String> shown = new CopyOnWriteArrayList<>();
        Progress progress = new Progress(new DelegatingProgressBarConsumer(shown::add, 200));
        context.addSparkListener(progress);
        try {
            count(context, "prepare topics: write", 3);
            context.listenerBus().waitUntilEmpty();
            assertThat(shown).isEmpty();

            count(context, "round 3: train 4 clients", 4);
            context.listenerBus().waitUntilEmpty();
            List<String> bars = shown.stream().filter(bar -> !bar.isBlank()).toList(); // it is wiped at the end
            assertThat(bars).isNotEmpty().allMatch(bar -> bar.startsWith("round 3: train 4 clients"));
            assertThat(bars.get(bars.size() - 1)).contains("100%").contains("4/4");
        } finally {
            context.removeSparkListener(progress);
        }
    }

    private static void count(SparkContext context, String description, int tasks) {
        context.setJobDescription(description);
        JavaSparkContext.fromSparkContext(context)
                .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
                .count();
        context.setJobDescription(null);
    }
}
