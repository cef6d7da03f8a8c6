package federa.pipeline;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import federa.store.Round;
import federa.store.Round.Evaluation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * The last committed round in Spark's metrics system, as gauges that every sink of {@code spark.metrics.conf} gets; the
 * Prometheus servlet shows them as {@code metrics_federa_driver_training_NAME_Value}. Of several runs that an application
 * trains at the same time, the one that began first is shown.
 */
final class RoundMetrics implements Source, AutoCloseable {

    private static final AtomicReference<RoundMetrics> SHOWN = new AtomicReference<>();

    private final MetricRegistry registry = new MetricRegistry();
    private final Map<String, Number> values = new ConcurrentHashMap<>();

    /** Begins to show a run of so many rounds, if no other is shown. */
    RoundMetrics(int rounds) {
        set("rounds", rounds);
        if (SHOWN.compareAndSet(null, this)) {
            SparkEnv.get().metricsSystem().registerSource(this);
        }
    }

    /** Shows a committed round. */
    void show(Round.Summary round, List<Evaluation> evaluations) {
        set("round", round.number());
        set("clients", round.clients());
        set("failed_clients", round.failedClients());
        set("train_loss", round.trainLoss());
        set("bytes_up", round.bytesUp());
        set("bytes_down", round.bytesDown());
        set("seconds", round.seconds());
        round.phaseSeconds().forEach((phase, seconds) -> set("seconds_" + phase, seconds));
        evaluations.forEach(e -> set("%s_%s".formatted(e.split(), e.metric()), e.value()));
    }

    private void set(String name, Number value) {
        if (values.put(name, value) == null) {
            registry.register(name, (Gauge<Number>) () -> values.get(name));
        }
    }

    @Override
    public String sourceName() {
        return "training";
    }

    @Override
    public MetricRegistry metricRegistry() {
        return registry;
    }

    @Override
    public void close() {
        if (SHOWN.get() == this) {
            SparkEnv.get().metricsSystem().removeSource(this);
            SHOWN.set(null);
        }
    }
}
