package federa.udf;

import ai.djl.Device;
import federa.engine.DeviceChoice;
import federa.engine.Torch;
import federa.spi.InvalidInputException;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * Where clients train. On a cluster an executor is one trainer: a client's task takes more than half of its cores, so
 * there is never room for two, and a GPU where executors have some. Local mode knows no such profiles; its one process
 * trains (cores / {@code spark.task.cpus}) clients side by side.
 *
 * @param local whether Spark runs in one process
 * @param executorCores cores of an executor, 0 in local mode
 * @param gpus whether executors have GPUs
 * @param threads native threads of a task
 * @param device what it computes on
 */
public record Placement(boolean local, int executorCores, boolean gpus, int threads, DeviceChoice device)
        implements Serializable {

    private static final String GPU = "gpu";

    /**
     * What the settings of the Spark session give.
     *
     * @throws InvalidInputException if the executors cannot do what is asked for, or clients might be trained twice
     */
    public static Placement of(SparkConf spark, int threads, DeviceChoice device) {
        if (spark.getBoolean("spark.speculation", false)) {
            throw new InvalidInputException(
                    "spark.speculation is on, which trains slow clients twice; set it to false");
        }
        String master = spark.get("spark.master");
        if (master.equals("local") || master.startsWith("local[")) {
            return new Placement(true, 0, false, threads, device);
        }
        int cores = spark.getInt("spark.executor.cores", master.startsWith("spark://") ? 0 : 1);
        if (cores < threads) {
            throw new InvalidInputException(
                    "compute.threads is %d, but spark.executor.cores is %s; set --executor-cores to %1$d or more"
                            .formatted(threads, cores == 0 ? "not set" : cores));
        }
        boolean gpus = spark.getInt("spark.executor.resource.gpu.amount", 0) > 0;
        if (device == DeviceChoice.GPU && !gpus) {
            throw new InvalidInputException(
                    "compute.device is gpu, but executors have none; set spark.executor.resource.gpu.amount and a discovery script");
        }
        return new Placement(false, cores, gpus, threads, device);
    }

    /** What a task that trains a client needs, so that it is alone in its executor; nothing in local mode. */
    public Optional<ResourceProfile> profile() {
        if (local) {
            return Optional.empty();
        }
        TaskResourceRequests needs = new TaskResourceRequests().cpus(trainerCores());
        if (gpus) {
            needs.resource(GPU, 1);
        }
        return Optional.of(new ResourceProfileBuilder().require(needs).build());
    }

    private int trainerCores() {
        return executorCores / 2 + 1;
    }

    /**
     * Whether executors can run a task of the session's own {@code spark.task.cpus}, which are the threads, beside a
     * trainer. Where they cannot, as in local mode, other work waits for the end of a client with each of its tasks.
     */
    public boolean sparesCores() {
        return !local && executorCores - trainerCores() >= threads;
    }

    /**
     * What a task computes on.
     *
     * @param described {@code cpu}, {@code gpu:1}, or {@code cpu instead of gpu:1}
     */
    public record Seat(Device device, String described) {}

    /**
     * Takes the running task's place: sets its native threads, of which the library must know before it is loaded, and
     * says what it computes on.
     *
     * @throws InvalidInputException naming the executor, if it cannot use the GPU that it must use
     */
    public Seat take() {
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        Torch.threads(threads);
        Optional<Integer> given = device == DeviceChoice.CPU ? Optional.empty() : given();
        if (given.isPresent() && given.get() < Torch.gpus()) {
            return new Seat(Device.gpu(given.get()), "gpu:" + given.get());
        }
        if (device == DeviceChoice.GPU) {
            throw new InvalidInputException(
                    "compute.device is gpu, but executor %s on %s cannot use %s: PyTorch finds %d CUDA devices there; install its CUDA libraries, or set compute.device to auto"
                            .formatted(
                                    SparkEnv.get().executorId(),
                                    SparkEnv.get()
                                            .blockManager()
                                            .blockManagerId()
                                            .host(),
                                    given.map(address -> "gpu:" + address).orElse("a GPU"),
                                    Torch.gpus()));
        }
        return new Seat(Device.cpu(), given.isPresent() && !local ? "cpu instead of gpu:" + given.get() : "cpu");
    }

    /** The address of the task's GPU; local mode gives none, and means the first. */
    private Optional<Integer> given() {
        if (local) {
            return Optional.of(0);
        }
        Map<String, ResourceInformation> resources = TaskContext.get().resourcesJMap();
        return Optional.ofNullable(resources.get(GPU)).map(gpu -> index(gpu.addresses()[0]));
    }

    private static int index(String address) {
        try {
            return Integer.parseInt(address.strip());
        } catch (NumberFormatException e) {
            throw new InvalidInputException(
                    "the GPU discovery script gave the address '%s'; it must give CUDA's numbers, from 0"
                            .formatted(address),
                    e);
        }
    }
}
