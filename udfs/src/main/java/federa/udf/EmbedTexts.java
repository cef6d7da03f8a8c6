package federa.udf;

import federa.encoder.ModelRef;
import federa.engine.Torch;
import federa.task.Example;
import federa.train.Embedder;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Adds to rows that have a text its vector as a base model has it: the column {@link #EMBEDDING}, null where the text is
 * null. Texts are embedded a block at a time, so a partition may be of any size; the order of the rows stays.
 */
public final class EmbedTexts implements MapPartitionsFunction<Row, Row> {

    private static final long serialVersionUID = 1L;

    /** The column that is added. */
    public static final String EMBEDDING = "embedding";

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
        return input.add(EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false), true);
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return Collections.emptyIterator();
        }
        Torch.threads(threads);
        LoadedModel loaded = LoadedModel.of(model, hadoop.value().value());
        Embedder embedder = new Embedder(loaded.base());
        return new Blocks(rows, 1, row -> !row.isNullAt(textColumn), complete -> {
            List<String> texts =
                    complete.stream().map(row -> row.getString(textColumn)).toList();
            List<Example> examples = loaded.tokenizer().encode(texts, maxTokens).stream()
                    .map(ids -> new Example(ids))
                    .toList();
            return embedder.embed(examples, BATCH).stream()
                    .map(vector -> new Object[] {vector})
                    .iterator();
        });
    }
}
