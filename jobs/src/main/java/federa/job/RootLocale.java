package federa.job;

import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Executors in the root locale before their first task, whatever their machines' is: Spark names files with numbers, which
 * some locales write with digits of their own. The driver is in it already, see {@link Launch}.
 */
public final class RootLocale implements SparkPlugin {

    @Override
    public DriverPlugin driverPlugin() {
        return null;
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext context, Map<String, String> settings) {
                Locale.setDefault(Locale.ROOT);
            }
        };
    }
}
