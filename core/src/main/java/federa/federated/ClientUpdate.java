package federa.federated;

import java.io.Serializable;

/**
 * What a client tells of its round besides its tensors: the one record of it, from the task that trained to the tables and
 * the report.
 *
 * @param client its id
 * @param numExamples it trained on; 0 if it failed
 * @param steps optimizer steps
 * @param lossFirst loss of the first batch, before any step; NaN if it failed
 * @param lossMean mean over all steps
 * @param lossLast loss of the last batch, before the last step
 * @param seconds from reading its files to the finished update
 * @param bytesUp of its update
 * @param host it ran on
 * @param arch of that host
 * @param executor the process it ran in, as Spark calls it; null in rounds of versions that did not tell
 * @param device it trained on
 * @param starts how often it was started in the round, the time that this tells of included
 * @param error why it failed, one line; null if it did not
 */
public record ClientUpdate(
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
        implements Serializable {

    public static final String OK = "ok";
    public static final String FAILED = "failed";

    /** True if the client's tensors went into the round. */
    public boolean ok() {
        return error == null;
    }

    /** {@link #OK} or {@link #FAILED}. */
    public String status() {
        return ok() ? OK : FAILED;
    }
}
