package federa.ml;

import static org.apache.spark.sql.functions.lit;

import federa.prepare.Given;
import federa.prepare.Kind;
import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Learns a tag for every word: named entities in IOB2. */
public final class FederatedTokenClassifier
        extends FederatedEstimator<FederatedTokenClassifier, FederatedTokenClassificationModel>
        implements TokenClassifierParams<FederatedTokenClassifier> {

    public FederatedTokenClassifier() {
        this(Identifiable.randomUID("federatedTokenClassifier"));
    }

    public FederatedTokenClassifier(String uid) {
        super(uid);
    }

    /** Reads what {@code save} wrote. */
    public static MLReader<FederatedTokenClassifier> read() {
        return new DefaultParamsReader<>();
    }

    public static FederatedTokenClassifier load(String path) {
        return read().load(path);
    }

    /** The column with an array of IOB2 tags, one a word. */
    public Param<String> tagsCol() {
        return text("tagsCol");
    }

    public FederatedTokenClassifier setTagsCol(String value) {
        return with(tagsCol(), value);
    }

    @Override
    void declare(ParamTable params) {
        TokenClassifierParams.declare(params);
        params.column("tagsCol", "tags", "the column with an array of IOB2 tags, one a word");
    }

    @Override
    String task() {
        return "ner";
    }

    @Override
    Given given(StructType schema) {
        return new Given(Kind.ENTITIES, false);
    }

    @Override
    Map<String, Column> examples(Given given) {
        return Map.of("text", column(textCol()), "tags", column(tagsCol()), "label", lit(null));
    }

    @Override
    FederatedTokenClassificationModel model(String uid) {
        return new FederatedTokenClassificationModel(uid);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        super.transformSchema(schema);
        Columns.require(schema, this, tagsCol(), DataTypes.createArrayType(DataTypes.StringType));
        return predicted(schema);
    }
}
