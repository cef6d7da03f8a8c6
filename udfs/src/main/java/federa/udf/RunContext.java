package federa.udf;

import federa.encoder.ModelRef;
import federa.engine.Precision;
import federa.peft.Method;
import federa.random.HeldOut;
import federa.task.Task;
import federa.tensor.TensorMap;
import java.io.Serializable;
import java.util.List;

/**
 * What every task of a run needs and no round changes; broadcast once.
 *
 * @param runId names the run, and its frozen weights in an executor's memory
 * @param model the base model
 * @param task what is learnt
 * @param method what trains
 * @param anchor the part of the round-0 tensors that the frozen weights depend on
 * @param labels that the head tells apart, in index order; empty for a task without
 * @param maxTokens longest example in tokens
 * @param placement what each task computes with
 * @param precision of the encoder's layers
 * @param seed of the run
 */
public record RunContext(
        String runId,
        ModelRef model,
        Task task,
        Method method,
        TensorMap anchor,
        List<String> labels,
        int maxTokens,
        Placement placement,
        Precision precision,
        long seed)
        implements Serializable {

    /**
     * Where clients are in this run, and how patient it is with them.
     *
     * @param location of the clients' Parquet files
     * @param attempts how often a client is started in a round before it counts as failed
     * @param validation which of a client's rows are held out of its training
     */
    public record Clients(ClientLocation location, int attempts, HeldOut validation) implements Serializable {}
}
