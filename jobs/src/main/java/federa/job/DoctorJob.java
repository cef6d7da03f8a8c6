package federa.job;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.Utils;
import com.sun.management.OperatingSystemMXBean;
import federa.engine.Torch;
import federa.spi.InvalidInputException;
import federa.store.Locations;
import federa.store.Warehouse;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** Looks at what the jobs need of this machine, one line each, and says what to mend. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Checks Java, memory, disk, PyTorch, GPU, Spark and the warehouse, and says what to mend.",
        footer = {"", "Exit codes: 0 all is well, 2 something must be mended."})
public final class DoctorJob implements Callable<Integer> {

    private static final double GIB = 1L << 30;

    /** What the process needs beside the heap for a model of RoBERTa-base's size; small ones need a tenth. */
    private static final double NATIVE_GIB = 3;

    /** PyTorch's libraries are unpacked once, and Spark's shuffles need some. */
    private static final double DISK_GIB = 2;

    @Mixin
    private Options.Store store;

    private boolean healthy = true;

    public static void main(String[] args) {
        Launch.main(new DoctorJob(), args);
    }

    @Override
    public Integer call() {
        check("Java", this::java);
        check("memory", this::memory);
        check("disk", () -> disk("temporary files", Path.of(System.getProperty("java.io.tmpdir"))));
        check("disk", () -> disk("PyTorch's libraries (DJL_CACHE_DIR)", Utils.getCacheDir()));
        check("PyTorch", this::pytorch);
        check("GPU", this::gpu);
        check("Spark", () -> Sessions.with("doctor", 1, this::spark));
        System.out.println(healthy ? "All is well." : "Mend what is marked, then run ./federa doctor again.");
        return healthy ? ExitCode.OK : ExitCode.USAGE;
    }

    /** Prints what a check found, or why it failed and what helps, as its exception says. */
    private void check(String what, Supplier<String> look) {
        try {
            System.out.printf("ok    %-10s %s%n", what, look.get());
        } catch (RuntimeException | LinkageError e) {
            healthy = false;
            String message = e.getMessage() == null ? e.toString() : e.getMessage();
            System.out.printf(
                    "MEND  %-10s %s%n", what, message.lines().findFirst().orElse("failed"));
        }
    }

    private String java() {
        int version = Runtime.version().feature();
        require(version == 17, "Java %d runs; Spark 3.5 needs 17: set JAVA_HOME to a JDK 17".formatted(version));
        return "%s (%s)".formatted(System.getProperty("java.version"), System.getProperty("java.home"));
    }

    private String memory() {
        double all =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize() / GIB;
        double heap = Runtime.getRuntime().maxMemory() / GIB;
        require(
                all - heap >= NATIVE_GIB,
                ("%.1f GiB in all, %.1f of them for the heap: the rest is little for PyTorch (%.0f GiB for a model of"
                                + " RoBERTa-base's size); lower FEDERA_MEMORY or take a larger machine")
                        .formatted(all, heap, NATIVE_GIB));
        return "%.1f GiB, %.1f of them for the heap (FEDERA_MEMORY), %d cores"
                .formatted(all, heap, Runtime.getRuntime().availableProcessors());
    }

    private String disk(String use, Path directory) {
        File there = directory.toAbsolutePath().toFile();
        while (!there.exists()) {
            there = there.getParentFile();
        }
        require(there.canWrite(), "%s: no right to write %s; name another directory".formatted(use, directory));
        double free = there.getUsableSpace() / GIB;
        require(
                free >= DISK_GIB,
                "%s: %.1f GiB free at %s, %.0f are needed; make room or name another directory"
                        .formatted(use, free, directory, DISK_GIB));
        return "%s: %.0f GiB free at %s".formatted(use, free, directory);
    }

    private String pytorch() {
        try (NDManager manager = Torch.newManager(Device.cpu())) {
            float two = manager.ones(new Shape(2)).sum().getFloat();
            require(two == 2, "1 + 1 is %s".formatted(two));
            return "%s computes on %s".formatted(Torch.version(), System.getProperty("os.arch"));
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalStateException(
                    "does not load (%s); ./mvnw package puts its libraries into jobs/target/natives, which must be those of"
                                    .formatted(e.getMessage())
                            + " this system (-Dpytorch.classifier)",
                    e);
        }
    }

    /** What the values of compute.device mean on this machine. */
    private String gpu() {
        int gpus = Torch.gpus();
        return gpus == 0
                ? "none that this PyTorch sees: with compute.device auto or cpu clients train on the CPU, gpu is an error"
                : "%d seen by PyTorch: with compute.device auto or gpu clients train there, with cpu on the CPU"
                        .formatted(gpus);
    }

    private String spark(SparkSession spark) {
        long rows = spark.range(100).repartition(2).count();
        require(rows == 100, "a job over 100 rows counted %d".formatted(rows));
        check("warehouse", () -> warehouse(spark));
        return "%s on %s, %d cores, ran a job"
                .formatted(
                        spark.version(),
                        spark.sparkContext().master(),
                        spark.sparkContext().defaultParallelism());
    }

    private String warehouse(SparkSession spark) {
        org.apache.hadoop.fs.Path directory = Locations.path(Options.Store.WAREHOUSE, store.warehouse);
        try {
            FileSystem fs = Locations.fileSystem(
                    Options.Store.WAREHOUSE, directory, spark.sparkContext().hadoopConfiguration());
            org.apache.hadoop.fs.Path there = fs.makeQualified(directory);
            boolean present = fs.exists(there);
            if (present) {
                Warehouse.openExisting(
                        Options.Store.WAREHOUSE,
                        store.warehouse,
                        spark.sparkContext().hadoopConfiguration());
            }
            while (!fs.exists(there)) {
                there = there.getParent();
            }
            org.apache.hadoop.fs.Path probe = new org.apache.hadoop.fs.Path(there, ".federa-doctor");
            Locations.write(fs, probe, new byte[] {1});
            fs.delete(probe, false);
            return "%s %s, may be written"
                    .formatted(fs.makeQualified(directory), present ? "is there" : "is not there yet");
        } catch (IOException e) {
            throw new InvalidInputException(
                    "%s cannot be written (%s); name another with --warehouse, or get the right to write"
                            .formatted(directory, e.getMessage()),
                    e);
        }
    }

    private static void require(boolean well, String otherwise) {
        if (!well) {
            throw new IllegalStateException(otherwise);
        }
    }
}
