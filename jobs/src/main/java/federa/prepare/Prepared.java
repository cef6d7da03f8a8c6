package federa.prepare;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A checked data set, ready to be stored; Spark holds its rows until {@link #close()}. */
public final class Prepared implements AutoCloseable {

    private final Kind kind;
    private final Dataset<Row> rows;
    private final Counts counts;
    private final Dataset<Row> held;

    Prepared(Kind kind, Dataset<Row> rows, Counts counts, Dataset<Row> held) {
        this.kind = kind;
        this.rows = rows;
        this.counts = counts;
        this.held = held;
    }

    public Kind kind() {
        return kind;
    }

    /** The usable rows in the kind's schema; only {@code key} may be null. */
    public Dataset<Row> rows() {
        return rows;
    }

    public Counts counts() {
        return counts;
    }

    /**
     * What a model learns to tell apart, in index order, as far as the train split has it: the labels of texts, see {@link
     * LabelOrder}; for entities the tags O, B-t1, I-t1, B-t2... of the types in that order; nothing for questions and for texts without classes.
     */
    public List<String> labels() {
        return kind.labels(counts.classes("train"));
    }

    /** Gives back the memory and disk that hold the rows. */
    @Override
    public void close() {
        held.unpersist();
    }
}
