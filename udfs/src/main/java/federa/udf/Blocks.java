package federa.udf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Rows with values added to each, worked out a block at a time, so that a partition may be of any size; the order of the
 * rows stays. A row that is not complete gets nulls.
 */
final class Blocks implements Iterator<Row> {

    /** Rows in memory at a time: enough to group by length. */
    private static final int BLOCK = 2048;

    private final Iterator<Row> input;
    private final int added;
    private final Predicate<Row> complete;
    private final Function<List<Row>, Iterator<Object[]>> values;
    private Iterator<Row> block = Collections.emptyIterator();

    /**
     * Extends the rows.
     *
     * @param added how many values each row gets
     * @param complete whether a row has what the values are made from
     * @param values those of complete rows, in their order
     */
    Blocks(Iterator<Row> input, int added, Predicate<Row> complete, Function<List<Row>, Iterator<Object[]>> values) {
        this.input = input;
        this.added = added;
        this.complete = complete;
        this.values = values;
    }

    @Override
    public boolean hasNext() {
        return block.hasNext() || input.hasNext();
    }

    @Override
    public Row next() {
        if (!block.hasNext()) {
            block = extend(take(input)).iterator();
        }
        return block.next();
    }

    /** The next rows, as many as are in memory at a time. */
    static List<Row> take(Iterator<Row> input) {
        List<Row> rows = new ArrayList<>(BLOCK);
        while (rows.size() < BLOCK && input.hasNext()) {
            rows.add(input.next());
        }
        return rows;
    }

    private List<Row> extend(List<Row> rows) {
        Iterator<Object[]> next = values.apply(rows.stream().filter(complete).toList());
        return rows.stream()
                .map(row -> extend(row, complete.test(row) ? next.next() : new Object[added]))
                .toList();
    }

    private Row extend(Row row, Object[] further) {
        Object[] all = new Object[row.size() + added];
        for (int i = 0; i < row.size(); i++) {
            all[i] = row.get(i);
        }
        System.arraycopy(further, 0, all, row.size(), added);
        return RowFactory.create(all);
    }
}
