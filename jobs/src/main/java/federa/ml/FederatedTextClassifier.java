package federa.ml;

import federa.prepare.Given;
import federa.prepare.Kind;
import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/**
 * Learns the label of a text. Labels are strings, or numbers, which come back as doubles: those of Spark ML's
 * {@code StringIndexer}, say, so that its evaluators understand the predictions.
 */
public final class FederatedTextClassifier
        extends FederatedEstimator<FederatedTextClassifier, FederatedTextClassificationModel>
        implements TextClassifierParams<FederatedTextClassifier> {

    public FederatedTextClassifier() {
        this(Identifiable.randomUID("federatedTextClassifier"));
    }

    public FederatedTextClassifier(String uid) {
        super(uid);
    }

    /** Reads what {@code save} wrote. */
    public static MLReader<FederatedTextClassifier> read() {
        return new DefaultParamsReader<>();
    }

    public static FederatedTextClassifier load(String path) {
        return read().load(path);
    }

    /** The column with the label. */
    public Param<String> labelCol() {
        return text("labelCol");
    }

    public FederatedTextClassifier setLabelCol(String value) {
        return with(labelCol(), value);
    }

    @Override
    void declare(ParamTable params) {
        TextClassifierParams.declare(params);
        params.column("labelCol", "label", "the column with the label, a string or a number");
    }

    @Override
    String task() {
        return "classification";
    }

    @Override
    Given given(StructType schema) {
        return new Given(Kind.TEXTS, isNumber(schema));
    }

    @Override
    Map<String, Column> examples(Given given) {
        Column label = given.numbers() ? column(labelCol()).cast(DataTypes.DoubleType) : column(labelCol());
        return Map.of("text", column(textCol()), "label", label);
    }

    @Override
    FederatedTextClassificationModel model(String uid) {
        return new FederatedTextClassificationModel(uid);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        super.transformSchema(schema);
        if (!isNumber(schema)) {
            Columns.require(schema, this, labelCol(), DataTypes.StringType);
        }
        return predicted(schema, isNumber(schema));
    }

    private boolean isNumber(StructType schema) {
        return Columns.require(schema, this, labelCol()) instanceof NumericType;
    }
}
