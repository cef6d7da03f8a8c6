package federa.job;

import federa.config.ExperimentFile;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what an experiment file comes to, its defaults included; no Spark session is opened. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description =
                "Shows an experiment with all its values, those of the file and the defaults, and trains nothing.",
        footer = {
            "",
            "Without --explain it prints YAML: an experiment file that says all and means the same.",
            "Example: federa config --conf conf/experiments/quickstart.yaml --explain"
        })
public final class ConfigJob implements Callable<Integer> {

    private static final int WIDEST_VALUE = 40;

    @Mixin
    private Options.Conf conf;

    @Mixin
    private Options.Store store;

    @Option(
            names = "--explain",
            description = "One line per key: its value, where that is from (file, --set or default), what it means.")
    private boolean explain;

    public static void main(String[] args) {
        Launch.main(new ConfigJob(), args);
    }

    @Override
    public Integer call() {
        ExperimentFile file = conf.read(store);
        if (!explain) {
            System.out.print(ExperimentFile.whole(file.bind()));
            return 0;
        }
        List<ExperimentFile.Explained> keys = file.explain();
        int key = width(keys.stream().map(ExperimentFile.Explained::key).toList());
        int value = Math.min(
                WIDEST_VALUE,
                width(keys.stream().map(ExperimentFile.Explained::value).toList()));
        String line = "%-" + key + "s  %-" + value + "s  %-7s  %s";
        System.out.println(line.formatted("key", "value", "from", "meaning"));
        keys.forEach(k -> System.out.println(
                line.formatted(k.key(), k.value(), k.origin(), k.meaning()).strip()));
        return 0;
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }
}
