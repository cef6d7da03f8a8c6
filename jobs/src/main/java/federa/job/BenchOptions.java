package federa.job;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.sun.management.OperatingSystemMXBean;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.peft.Targets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** What all benchmarks take, and what all of them print. */
final class BenchOptions {

    /** Architectures that can be measured. */
    enum Arch {
        ROBERTA(EncoderConfig.robertaBase()),
        DEBERTA(EncoderConfig.debertaV3Base());

        private final EncoderConfig base;

        Arch(EncoderConfig base) {
            this.base = base;
        }
    }

    /** Published sizes; weights are drawn at random, only the shape matters. */
    enum Size {
        BASE
    }

    @Option(
            names = "--arch",
            defaultValue = "ROBERTA",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Arch arch;

    @Option(
            names = "--size",
            defaultValue = "BASE",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Size size;

    @Option(names = "--model", paramLabel = "DIR", description = "A model's directory, instead of --arch and --size.")
    private Path model;

    @Option(
            names = "--precision",
            defaultValue = "FP32",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Precision precision;

    @Option(names = "--threads", defaultValue = "2", description = "Native threads (default: ${DEFAULT-VALUE}).")
    int threads;

    @Option(names = "--rank", defaultValue = "8", description = "Rank of the adapters (default: ${DEFAULT-VALUE}).")
    int rank;

    @Option(
            names = "--gradient-checkpointing",
            description = "Compute each layer again for its gradients instead of keeping it.")
    boolean gradientCheckpointing;

    BaseModel model(NDManager manager) {
        return model == null ? BaseModel.random(manager, arch.base, 0) : BaseModel.load(manager, model);
    }

    /** Query and value, as the architecture calls them. */
    static Targets targets(BaseModel model) {
        return new Targets(model.config().family().targets());
    }

    static NDManager manager() {
        return Torch.newManager(Device.cpu());
    }

    /** The figures of timed repetitions, in seconds, of the model that was asked for. */
    Map<String, Object> result(String benchmark, double[] seconds) {
        Map<String, Object> json = figures(benchmark, seconds);
        if (model == null) {
            json.put("arch", arch.name().toLowerCase(Locale.ROOT));
            json.put("size", size.name().toLowerCase(Locale.ROOT));
        } else {
            json.put("model", model.toString());
        }
        json.put("precision", precision.name().toLowerCase(Locale.ROOT));
        json.put("threads", threads);
        json.put("rank", rank);
        json.put("gradient_checkpointing", gradientCheckpointing);
        return json;
    }

    /** The figures of timed repetitions, in seconds. */
    static Map<String, Object> figures(String benchmark, double[] seconds) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("benchmark", benchmark);
        json.put("repetitions", sorted.length);
        json.put("median_seconds", (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2);
        json.put("min_seconds", sorted[0]);
        json.put("max_seconds", sorted[sorted.length - 1]);
        json.put("peak_rss_bytes", peakRss());
        json.put("processor", Processor.name());
        json.put("extensions", Processor.extensions());
        json.put("pytorch", Torch.version());
        json.put("java", System.getProperty("java.version"));
        return json;
    }

    /** What all threads of this process have computed so far: unlike time, it says little about its neighbours. */
    static double cpuSeconds() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
    }

    /** The most memory this process has held, as Linux counts it; -1 elsewhere. */
    private static long peakRss() {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return -1;
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
