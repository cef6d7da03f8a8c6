package federa.udf;

import federa.encoder.ModelRef;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Adds to rows that have a text its tokens as a model reads them, special ones included: the column {@link #TOKENS}, null
 * where the text is null.
 */
public final class TokenizeTexts implements MapPartitionsFunction<Row, Row> {

    private static final long serialVersionUID = 1L;

    /** The column that is added. */
    public static final String TOKENS = "tokens";

    private final ModelRef model;
    private final int textColumn;
    private final int maxTokens;
    private final Broadcast<SerializableConfiguration> hadoop;

    /**
     * Tokenizes for the model.
     *
     * @param textColumn index of the column with the text
     * @param maxTokens longest text, longer ones are cut
     */
    public TokenizeTexts(ModelRef model, int textColumn, int maxTokens, Broadcast<SerializableConfiguration> hadoop) {
        this.model = model;
        this.textColumn = textColumn;
        this.maxTokens = maxTokens;
        this.hadoop = hadoop;
    }

    /** The schema of the rows that come out, given that of those that go in. */
    public static StructType schema(StructType input) {
        return input.add(TOKENS, DataTypes.createArrayType(DataTypes.IntegerType, false), true);
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        LoadedModel loaded = LoadedModel.of(model, hadoop.value().value());
        return new Blocks(rows, 1, row -> !row.isNullAt(textColumn), complete -> {
            List<String> texts =
                    complete.stream().map(row -> row.getString(textColumn)).toList();
            return loaded.tokenizer().encode(texts, maxTokens).stream()
                    .map(ids -> new Object[] {ids})
                    .iterator();
        });
    }
}
