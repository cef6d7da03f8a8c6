package federa.udf;

import federa.random.HeldOut;
import federa.task.Fields;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The validation examples of clients: the rows that a client holds out of its training, read where it would train. Those of a
 * resident client stay in the process that reads them.
 *
 * <p>A client whose rows would all be held out holds out none: it must have something to train on.
 */
public final class HeldOutRows implements FlatMapFunction<Integer, Row> {

    /** The first column of the rows: the client that holds them out. */
    public static final String CLIENT = "client_id";

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(HeldOutRows.class);

    private final ClientLocation location;
    private final HeldOut heldOut;
    private final StructType columns;
    private final Broadcast<SerializableConfiguration> hadoop;

    /**
     * The held-out rows of a run's clients.
     *
     * @param columns of the rows to give, after {@link #CLIENT}: strings, and lists of strings or of whole numbers
     */
    public HeldOutRows(
            ClientLocation location, HeldOut heldOut, StructType columns, Broadcast<SerializableConfiguration> hadoop) {
        this.location = location;
        this.heldOut = heldOut;
        this.columns = columns;
        this.hadoop = hadoop;
    }

    /** The columns of the rows. */
    public StructType schema() {
        StructType schema = new StructType().add(CLIENT, DataTypes.IntegerType);
        for (StructField column : columns.fields()) {
            schema = schema.add(column);
        }
        return schema;
    }

    /** The rows in the order of their ids; none of a client whose files cannot be read, or that no executor reaches now. */
    @Override
    public Iterator<Row> call(Integer client) {
        if (!location.reaches(client)) {
            ClientNotHere refusal = new ClientNotHere(client);
            if (refusal.anotherExecutorIsTried()) {
                throw refusal;
            }
            return Collections.emptyIterator();
        }
        try {
            List<Fields> rows = ClientFiles.read(
                    location.directory(), client, hadoop.value().value());
            return of(rows, heldOut).stream().map(fields -> row(client, fields)).iterator();
        } catch (IllegalArgumentException e) { // its training fails too, and is recorded
            LOG.warn("client {} has no part in the validation", client, location.told(e));
            return Collections.emptyIterator();
        }
    }

    /** The rows of a client that are held out. */
    static List<Fields> of(List<Fields> rows, HeldOut heldOut) {
        List<Fields> held =
                rows.stream().filter(row -> heldOut.has(row.text("text"))).toList();
        return held.size() == rows.size() ? List.of() : held;
    }

    /** The rows of a client to train on. */
    static List<Fields> without(List<Fields> rows, HeldOut heldOut) {
        List<Fields> left =
                rows.stream().filter(row -> !heldOut.has(row.text("text"))).toList();
        return left.isEmpty() ? rows : left;
    }

    private Row row(Integer client, Fields fields) {
        Object[] values = new Object[1 + columns.size()];
        values[0] = client;
        for (int i = 0; i < columns.size(); i++) {
            values[1 + i] =
                    value(fields, columns.apply(i).name(), columns.apply(i).dataType());
        }
        return RowFactory.create(values);
    }

    private static Object value(Fields fields, String column, DataType type) {
        if (!(type instanceof ArrayType list)) {
            return fields.text(column);
        }
        List<?> values =
                list.elementType().equals(DataTypes.StringType) ? fields.texts(column) : fields.numbers(column);
        return values == null ? null : values.toArray();
    }
}
