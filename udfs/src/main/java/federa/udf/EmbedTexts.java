package federa.udf;

import federa.encoder.ModelRef;
import federa.engine.Torch;
import federa.train.Embedder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Adds to rows that have a text, none of them null, its vector as a base model has it: the column {@link #EMBEDDING}.
 * Texts are embedded a block at a time, so a partition may be of any size; the order of the rows stays.
 */
public final class EmbedTexts implements MapPartitionsFunction<Row, Row> {

    private static final long serialVersionUID = 1L;

    /** The column that is added. */
    public static final String EMBEDDING = "embedding";

    /** Rows in memory at a time: enough to group by length. */
    private static final int BLOCK = 2048;

    private static final int BATCH = 32;

    private final ModelRef model;
    private final int textColumn;
    private final int maxTokens;
    private final int threads;
    private final Broadcast<SerializableConfiguration> hadoop;

    /**
     * Embeds with the model.
     *
     * @param textColumn index of the column with the text
     * @param maxTokens longest text, longer ones are cut
     * @param threads native threads per task
     */
    public EmbedTexts(
            ModelRef model, int textColumn, int maxTokens, int threads, Broadcast<SerializableConfiguration> hadoop) {
        this.model = model;
        this.textColumn = textColumn;
        this.maxTokens = maxTokens;
        this.threads = threads;
        this.hadoop = hadoop;
    }

    /** The schema of the rows that come out, given that of those that go in. */
    public static StructType schema(StructType input) {
        return input.add(EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false), false);
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return Collections.emptyIterator();
        }
        Torch.threads(threads);
        return new Embedded(rows, LoadedModel.of(model, hadoop.value().value()));
    }

    private final class Embedded implements Iterator<Row> {

        private final Iterator<Row> input;
        private final LoadedModel loaded;
        private final Embedder embedder;
        private Iterator<Row> block = Collections.emptyIterator();

        Embedded(Iterator<Row> input, LoadedModel loaded) {
            this.input = input;
            this.loaded = loaded;
            embedder = new Embedder(loaded.base());
        }

        @Override
        public boolean hasNext() {
            return block.hasNext() || input.hasNext();
        }

        @Override
        public Row next() {
            if (!block.hasNext()) {
                block = embed(take()).iterator();
            }
            return block.next();
        }

        private List<Row> take() {
            List<Row> rows = new ArrayList<>(BLOCK);
            while (rows.size() < BLOCK && input.hasNext()) {
                rows.add(input.next());
            }
            return rows;
        }

        private List<Row> embed(List<Row> rows) {
            List<String> texts =
                    rows.stream().map(row -> row.getString(textColumn)).toList();
            Iterator<float[]> vectors = embedder.embed(loaded.tokenizer().encode(texts, maxTokens), BATCH)
                    .iterator();
            return rows.stream().map(row -> extend(row, vectors.next())).toList();
        }

        private static Row extend(Row row, float[] vector) {
            Object[] values = new Object[row.size() + 1];
            for (int i = 0; i < row.size(); i++) {
                values[i] = row.get(i);
            }
            values[row.size()] = vector;
            return RowFactory.create(values);
        }
    }
}
