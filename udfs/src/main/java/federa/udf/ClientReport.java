package federa.udf;

import java.io.Serializable;

/**
 * What a client tells of its training besides its tensors.
 *
 * @param numExamples it trained on
 * @param steps optimizer steps
 * @param lossFirst before any step
 * @param lossMean over all steps
 * @param lossLast before the last step
 * @param seconds from reading its files to the finished update
 * @param bytesUp of its update
 * @param host it ran on
 * @param arch of that host
 * @param executor Spark's id of the process it ran in
 * @param device as {@link Placement.Seat} describes it
 * @param starts how often it was started in the round, this time included
 * @param error one line, null if it succeeded
 */
public record ClientReport(
        int client,
        long numExamples,
        int steps,
        double lossFirst,
        double lossMean,
        double lossLast,
        double seconds,
        long bytesUp,
        String host,
        String arch,
        String executor,
        String device,
        int starts,
        String error)
        implements Serializable {}
