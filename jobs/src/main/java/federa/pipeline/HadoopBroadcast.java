package federa.pipeline;

import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Hadoop's settings as tasks have them, sent once for each Spark context and again when somebody has changed them. Spark frees
 * a broadcast that nothing refers to any more.
 */
final class HadoopBroadcast {

    private static final Map<SparkContext, Sent> SENT = new WeakHashMap<>();

    private HadoopBroadcast() {}

    private record Sent(Map<String, String> settings, Broadcast<SerializableConfiguration> broadcast) {}

    /** The settings of a context as they are now. */
    static synchronized Broadcast<SerializableConfiguration> of(JavaSparkContext context) {
        Map<String, String> settings = new HashMap<>();
        context.hadoopConfiguration().forEach(setting -> settings.put(setting.getKey(), setting.getValue()));
        Sent sent = SENT.get(context.sc());
        if (sent == null || !sent.settings().equals(settings)) {
            sent = new Sent(settings, context.broadcast(new SerializableConfiguration(context.hadoopConfiguration())));
            SENT.put(context.sc(), sent);
        }
        return sent.broadcast();
    }
}
