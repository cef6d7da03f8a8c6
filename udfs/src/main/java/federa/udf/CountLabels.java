package federa.udf;

import federa.spi.InvalidInputException;
import federa.task.Fields;
import federa.udf.CountLabels.Counted;
import java.io.Serializable;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Registers a resident client: counts its examples by label, where they are. All that leaves the site before training. */
public final class CountLabels implements Function<Integer, Counted> {

    private static final long serialVersionUID = 1L;

    private final ClientLocation location;
    private final Broadcast<SerializableConfiguration> hadoop;

    public CountLabels(ClientLocation location, Broadcast<SerializableConfiguration> hadoop) {
        this.location = location;
        this.hadoop = hadoop;
    }

    /** A client's examples by label. */
    public record Counted(int client, TreeMap<String, Long> labels) implements Serializable {}

    @Override
    public Counted call(Integer client) {
        try {
            if (!location.reaches(client)) {
                throw new ClientNotHere(client);
            }
            TreeMap<String, Long> labels = new TreeMap<>();
            List<Fields> rows = ClientFiles.read(
                    location.directory(), client, hadoop.value().value());
            rows.forEach(row -> labels.merge(row.text("label"), 1L, Long::sum));
            return new Counted(client, labels);
        } catch (ClientNotHere e) {
            e.anotherExecutorIsTried();
            throw e;
        } catch (RuntimeException e) {
            throw new InvalidInputException(
                    "client %d: its files cannot be read (%s); they must be Parquet with the data set's columns"
                            .formatted(client, location.told(e).getMessage()));
        }
    }
}
