package federa.udf;

import federa.encoder.ModelRef;
import federa.random.HeldOut;
import federa.spi.InvalidInputException;
import federa.task.Example;
import federa.task.Fields;
import federa.task.Reader;
import federa.task.Task;
import java.lang.ref.SoftReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's examples as token ids. A process keeps those of the clients it has trained while their files stay as they
 * are and memory lasts, so a client that comes back is neither read nor tokenized again.
 *
 * @param files that they were read from
 * @param numRows rows that it trains on; how many examples they make is the task's business
 */
record ClientExamples(List<ClientFiles.Stamp> files, long numRows, List<Example> examples) {

    private static final Logger LOG = LoggerFactory.getLogger(ClientExamples.class);
    private static final Map<Key, SoftReference<ClientExamples>> KEPT = new ConcurrentHashMap<>();

    /** What token ids depend on besides the files. */
    private record Key(
            String directory, ModelRef model, Task task, List<String> labels, int maxTokens, HeldOut validation) {}

    /**
     * The client's examples, read now unless this process has them.
     *
     * @param validation which of its rows are none of them
     *
     * @throws InvalidInputException if its files are missing or damaged, or there is nothing to learn in them
     */
    static ClientExamples of(
            RunContext run, String clients, int client, HeldOut validation, Reader reader, Configuration hadoop) {
        String directory = ClientFiles.directory(clients, client);
        List<ClientFiles.Stamp> files = ClientFiles.list(clients, client, hadoop);
        Key key = new Key(directory, run.model(), run.task(), run.labels(), run.maxTokens(), validation);
        SoftReference<ClientExamples> reference = KEPT.get(key);
        ClientExamples kept = reference == null ? null : reference.get();
        if (kept != null && kept.files.equals(files)) {
            return kept;
        }
        List<Fields> rows = HeldOutRows.without(ClientFiles.read(files, hadoop), validation);
        if (rows.isEmpty()) {
            throw new InvalidInputException("client %d has no examples".formatted(client));
        }
        List<Example> examples = run.task().examples(rows, reader);
        if (examples.isEmpty()) {
            throw new InvalidInputException("client %d has no example with anything to learn".formatted(client));
        }
        LOG.debug("read client {}: {} rows", client, rows.size());
        ClientExamples read = new ClientExamples(files, rows.size(), List.copyOf(examples));
        KEPT.values().removeIf(other -> other.get() == null); // their keys would stay for the life of the process
        KEPT.put(key, new SoftReference<>(read));
        return read;
    }
}
