package federa.job;

import java.util.Map;
import org.apache.spark.SparkContext;

/** What work on Spark costs: time, processor time of its tasks, heap of the driver. Counts from when it is made. */
final class Cost {

    private final SparkContext context;
    private final PeakHeap heap = new PeakHeap();
    private final TaskCpu cpu;
    private final long start;

    Cost(SparkContext context) {
        this.context = context;
        cpu = new TaskCpu(context);
        start = System.nanoTime();
    }

    /** The figures of a benchmark that has done its work once, just now. */
    Map<String, Object> figures(String benchmark) {
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Object> json = BenchOptions.figures(benchmark, new double[] {seconds});
        json.put("task_cpu_seconds", cpu.seconds());
        json.put("cores", context.defaultParallelism());
        json.put("driver_peak_heap_bytes", heap.bytes());
        return json;
    }
}
